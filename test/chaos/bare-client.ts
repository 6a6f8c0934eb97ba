import type * as OfficialChat from '@azure/communication-chat';
import type { ChatClientOptions } from '@azure/communication-chat';
import type * as OfficialCommon from '@azure/communication-common';
import type { ShownMessage, Side } from './side';
import type { TokenSource } from './token-source';
import type { Place } from './world';

export type OfficialModule = Pick<typeof OfficialChat, 'ChatClient'> &
  Pick<typeof OfficialCommon, 'AzureCommunicationTokenCredential'>;

type PipelinePolicy = NonNullable<ChatClientOptions['additionalPolicies']>[number]['policy'];

/**
 * The official client as its documentation has it used: start, then show what the events bring. Its own retries and
 * its own refresh of tokens are on. A start that is refused is tried again, as the documentation says.
 */
export function openBareClient(place: Place, official: OfficialModule, tokens: TokenSource): Side {
  const { clock, endpoint, threadId } = place;
  const secure = endpoint.replace('http:', 'https:');
  const policy: PipelinePolicy = {
    name: 'loopback',
    sendRequest(request, next) {
      if (request.url.startsWith(secure)) {
        request.url = endpoint + request.url.slice(secure.length);
        request.allowInsecureConnection = true;
      }
      return next(request);
    },
  };
  const additionalPolicies = [{ policy, position: 'perRetry' as const }];
  const options: ChatClientOptions & { readonly signalingClientOptions: unknown } = {
    additionalPolicies,
    signalingClientOptions: { additionalPolicies },
  };
  const credential = new official.AzureCommunicationTokenCredential({
    tokenRefresher: async () => (await tokens.get()).token,
    refreshProactively: true,
  });
  const client = new official.ChatClient(secure, credential, options);
  const thread = client.getChatThreadClient(threadId);
  const shown: ShownMessage[] = [];
  const own: string[] = [];
  let connected = false;
  let closed = false;

  const change = (id: string, changed: Partial<ShownMessage>) => {
    for (const [index, message] of shown.entries()) {
      if (message.id === Number(id)) shown[index] = { ...message, ...changed };
    }
  };
  const start = async (): Promise<void> => {
    await client.startRealtimeNotifications();
    client.on('realTimeNotificationConnected', () => (connected = true));
    client.on('realTimeNotificationDisconnected', () => (connected = false));
    client.on('chatMessageReceived', ({ id, version, message }) =>
      shown.push({ id: Number(id), version: Number(version), text: message, deleted: false }),
    );
    client.on('chatMessageEdited', ({ id, version, message }) =>
      change(id, { version: Number(version), text: message }),
    );
    client.on('chatMessageDeleted', ({ id, version }) =>
      change(id, { version: Number(version), text: '', deleted: true }),
    );
  };
  const keepStarting = () => {
    start().catch(() => {
      if (!closed) clock.schedule(5_000, keepStarting);
    });
  };
  keepStarting();

  return {
    shown: () => shown,
    async send(content) {
      const { id } = await thread.sendMessage({ content }, { senderDisplayName: 'Anton' });
      own.push(id);
    },
    own: () => own.filter((id) => !shown.some((message) => message.id === Number(id) && message.deleted)),
    edit: (id, content) => thread.updateMessage(id, { content }),
    delete: (id) => thread.deleteMessage(id),
    connected: () => connected,
    async close() {
      closed = true;
      await client.stopRealtimeNotifications();
      credential.dispose();
    },
  };
}
