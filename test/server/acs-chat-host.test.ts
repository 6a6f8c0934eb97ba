import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ChatClient } from '@azure/communication-chat';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import type { Emulator } from 'onescreen/emulator';
import { acsChatHost } from 'onescreen/server';
import { startEmulator } from '../emulator/checked-emulator';
import { contactCenter, inHand, type ContactCenter, type Started } from './contact-center';

/** An official chat client of the emulator, as a customer's page or a desk has one. */
function chatClient(endpoint: string, token: string): ChatClient {
  const { host } = new URL(endpoint);
  return new ChatClient(`https://${host}`, new AzureCommunicationTokenCredential(token), {
    additionalPolicies: [
      {
        position: 'perRetry',
        policy: {
          name: 'loopback',
          sendRequest: (request, next) => {
            request.url = request.url.replace(`https://${host}`, `http://${host}`);
            request.allowInsecureConnection = true;
            return next(request);
          },
        },
      },
    ],
  });
}

async function texts(client: ChatClient, threadId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const message of client.getChatThreadClient(threadId).listMessages()) {
    if (message.type === 'text') found.unshift(message.content?.message ?? '');
  }
  return found;
}

describe('chats in ACS', () => {
  let emulator: Emulator;
  let center: ContactCenter;

  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(() => {
    center = contactCenter({ chats: [acsChatHost({ connectionString: emulator.connectionString })] });
  });
  afterEach(() => center.server.close());
  afterAll(() => emulator.close());

  const threadOf = ({ channel }: Started) => {
    const { endpoint = '', threadId = '' } = channel.providerRefs;
    return { endpoint, threadId };
  };

  it('opens a thread for an unmodified chat client, lets the accepted agent in with what was said, and ends it for the customer', async () => {
    const started = await center.start();
    const { endpoint, threadId } = threadOf(started);
    expect(started.channel.provider).toBe('acs');
    const customer = chatClient(endpoint, started.token!.token);
    await customer.getChatThreadClient(threadId).sendMessage({ content: 'hello?' });

    const ann = await center.desk('ann');
    expect(ann.record.providerRefs['acs']).toMatch(/^8:acs:/);
    const { taskId, conversation } = await ann.do('offer/accept', { offerId: ann.offer.id });
    const joined = conversation.entries
      .slice()
      .reverse()
      .find((entry) => entry.type === 'participant-joined');
    expect(joined).toMatchObject({ participant: { role: 'agent', providerRefs: ann.record.providerRefs } });

    const { body } = await center.post('/tokens', { audience: 'chat' }, { authorization: 'Bearer ann' });
    const annChat = chatClient(endpoint, body['token'] ?? '');
    expect(await texts(annChat, threadId)).toEqual(['hello?']);
    await annChat.getChatThreadClient(threadId).sendMessage({ content: 'hi' });
    expect(await texts(customer, threadId)).toEqual(['hello?', 'hi']);

    await ann.do('task/end', { taskId });
    const late = customer.getChatThreadClient(threadId).sendMessage({ content: 'wait' });
    await expect(late).rejects.toMatchObject({ statusCode: 403 });
    expect(ann.statuses(started.conversationId).at(-1)).toBe('wrapping');
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    await expect(annChat.getChatThreadClient(threadId).sendMessage({ content: 'still here' })).rejects.toMatchObject({
      statusCode: 403,
    });
  });

  it('gives the customer a new token for the resume token, and nobody else', async () => {
    const started = await center.start();
    const path = `/conversations/${started.conversationId}/tokens`;
    const given = await center.post(path, {}, { authorization: `Bearer ${started.resumeToken}` });
    expect(given.body).toMatchObject({ kind: 'acsUser' });
    expect(given.body['expiresOn']).toBeGreaterThan(Date.now());
    const guessed = await center.post(path, {}, { authorization: `Bearer ${started.conversationId}.guess` });
    expect(guessed).toMatchObject({ status: 401, body: { error: { code: 'session/unauthorized' } } });
    const other = await center.start();
    const crossed = await center.post(path, {}, { authorization: `Bearer ${other.resumeToken}` });
    expect(crossed).toMatchObject({ status: 404, body: { error: { code: 'conversation/not-found' } } });
  });

  it('refuses an accept when ACS refuses the agent, offers the task again, and lets the next try succeed', async () => {
    const ann = await center.desk('ann');
    const { conversationId } = await center.start();
    emulator.core.faults.requests.add({ operation: 'ChatThread_AddChatParticipants', answer: { status: 403 } });
    const first = ann.offer.id;
    expect(await ann.refusal('offer/accept', { offerId: first })).toMatchObject({
      code: 'channel/unavailable',
      retryable: true,
    });
    expect(ann.of('offer-ended')).toMatchObject([
      { offerId: first, outcome: 'revoked', reason: 'channel-unavailable' },
    ]);

    await center.clock.advance(1_000);
    expect(ann.offer.id).not.toBe(first);
    await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(ann.statuses(conversationId)).toEqual(['queued', 'offered', 'queued', 'offered', 'assigned']);
  });

  it('refuses to end a chat that ACS will not end, and leaves it with the agent', async () => {
    const ann = await center.desk('ann');
    const { taskId, conversationId } = await inHand(center, ann);
    emulator.core.faults.requests.add({ operation: 'ChatThread_RemoveChatParticipant', answer: { status: 403 } });
    expect(await ann.refusal('task/end', { taskId })).toMatchObject({ code: 'channel/unavailable', retryable: true });
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    await ann.do('task/end', { taskId });
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });

  it('refuses a start when no thread can be opened', async () => {
    emulator.core.faults.requests.add({ operation: 'Chat_CreateChatThread', answer: { status: 403 } });
    expect(await center.post('/conversations', { customer: { displayName: 'Cleo' } })).toMatchObject({
      status: 503,
      body: { error: { code: 'channel/unavailable', retryable: true } },
    });
  });

  it('opens one thread when the answer to the first request is lost', async () => {
    const before = emulator.core.snapshot().threads.length;
    emulator.core.faults.requests.add({ operation: 'Chat_CreateChatThread', when: 'after', answer: { status: 503 } });
    await center.start();
    expect(emulator.core.snapshot().threads).toHaveLength(before + 1);
  });

  it('refuses what is no connection string, and plain http to another machine', () => {
    expect(() => acsChatHost({ connectionString: 'nonsense' })).toThrow(/no access key/);
    const remote = 'endpoint=http://contoso.example/;accesskey=aGk=';
    expect(() => acsChatHost({ connectionString: remote })).toThrow(/this machine alone/);
    expect(acsChatHost({ connectionString: remote.replace('http:', 'https:') }).name).toBe('acs');
  });
});
