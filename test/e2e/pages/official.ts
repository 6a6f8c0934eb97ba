import { ChatClient, type ChatThreadClient } from '@azure/communication-chat';
import {
  AzureCommunicationTokenCredential,
  getIdentifierRawId,
  type CommunicationIdentifierKind,
} from '@azure/communication-common';
import { controlPlaneAddress, type CustomerHands, type CustomerMessage, type Told } from './customer-hands';

/** As much of a pipeline request as the policy below touches. */
interface Outgoing {
  url: string;
  allowInsecureConnection?: boolean;
}

/** Leads the official client, which insists on https, to a server on loopback. */
function loopback(http: string) {
  const secure = http.replace('http:', 'https:');
  const policy = {
    name: 'loopback',
    async sendRequest<T extends Outgoing, R>(request: T, next: (request: T) => Promise<R>): Promise<R> {
      if (request.url.startsWith(secure)) {
        request.url = http + request.url.slice(secure.length);
        request.allowInsecureConnection = true;
      }
      return next(request);
    },
  };
  const additionalPolicies = [{ policy, position: 'perRetry' as const }];
  return { endpoint: secure, options: { additionalPolicies, signalingClientOptions: { additionalPolicies } } };
}

interface Started {
  readonly channel: { readonly providerRefs: { readonly endpoint: string; readonly threadId: string } };
  readonly token: { readonly token: string };
}

const told: Told[] = [];
const sent = new Set<string>();
let thread: ChatThreadClient | undefined;
let lastReceived: string | undefined;

function joined(): ChatThreadClient {
  if (thread === undefined) throw new Error('the chat has not been started');
  return thread;
}

async function start({ displayName, context = {} }: Parameters<CustomerHands['start']>[0]): Promise<void> {
  const response = await fetch(`${controlPlaneAddress()}/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ customer: { displayName }, context, provider: 'acs' }),
  });
  if (response.status !== 201) throw new Error(`the start was answered with ${response.status}`);
  const { channel, token }: Started = await response.json();
  const { endpoint, options } = loopback(new URL(channel.providerRefs.endpoint).origin);
  const client = new ChatClient(endpoint, new AzureCommunicationTokenCredential(token.token), options);
  await client.startRealtimeNotifications();
  await listen(client, channel.providerRefs.threadId);
  thread = client.getChatThreadClient(channel.providerRefs.threadId);
}

async function listen(client: ChatClient, threadId: string): Promise<void> {
  const own = (sender: CommunicationIdentifierKind, recipient: CommunicationIdentifierKind) =>
    getIdentifierRawId(sender) === getIdentifierRawId(recipient);
  client.on('chatMessageReceived', (event) => {
    if (event.threadId !== threadId || own(event.sender, event.recipient)) return;
    lastReceived = event.id;
    told.push({ type: 'message', text: event.message });
  });
  client.on('chatMessageEdited', (event) => {
    if (!own(event.sender, event.recipient)) told.push({ type: 'edited', text: event.message });
  });
  client.on('chatMessageDeleted', (event) => {
    if (!own(event.sender, event.recipient)) told.push({ type: 'deleted' });
  });
  client.on('typingIndicatorReceived', (event) => {
    if (!own(event.sender, event.recipient)) told.push({ type: 'typing' });
  });
  client.on('readReceiptReceived', (event) => {
    if (!own(event.sender, event.recipient)) told.push({ type: 'read' });
  });
  client.on('participantsRemoved', () => told.push({ type: 'ended' }));
  await Promise.resolve();
}

async function messages(): Promise<readonly CustomerMessage[]> {
  const found: CustomerMessage[] = [];
  for await (const message of joined().listMessages()) {
    if (message.type !== 'text' && message.type !== 'html') continue;
    found.unshift({
      text: message.content?.message ?? '',
      own: sent.has(message.id),
      edited: message.editedOn !== undefined,
      deleted: message.deletedOn !== undefined,
    });
  }
  return found;
}

async function send(content: string, type: 'text' | 'html'): Promise<string> {
  const { id } = await joined().sendMessage({ content }, { type });
  sent.add(id);
  return id;
}

window.customer = {
  start,
  send: (text) => send(text, 'text'),
  sendHtml: (html) => send(html, 'html'),
  edit: (id, content) => joined().updateMessage(id, { content }),
  delete: (id) => joined().deleteMessage(id),
  typing: async () => {
    await joined().sendTypingNotification();
  },
  markRead: async () => {
    if (lastReceived !== undefined) await joined().sendReadReceipt({ chatMessageId: lastReceived });
  },
  messages,
  told: () => told,
};
