import type { ChatClient, ChatClientOptions, ChatThreadClient } from '@azure/communication-chat';
import type { Scope } from 'onescreen/emulator';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { at } from './bench-values';
import { controlOf, type RemoteEmulator, type RemoteEmulatorOptions } from './remote-emulator';

/** Where the official clients run. */
export interface OfficialPlace {
  readonly start: (options: RemoteEmulatorOptions) => Promise<RemoteEmulator>;
  readonly openChat: (endpoint: string, token: string, clientOptions?: ChatClientOptions) => Promise<ChatClient>;
  /** Whether scripts may read every header of an answer, as pages of another origin may not. */
  readonly readsAllHeaders: boolean;
}

const soon = { timeout: 10_000, interval: 20 };
/** What keeps a client from waiting for its own retries. */
const once: ChatClientOptions = { retryOptions: { maxRetries: 0 } };
const forged = (token: string) => `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(43)}`;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Every operation, event and documented refusal of the unmodified chat client; the same wherever it runs. */
export function describeOfficialChatClient(
  { start, openChat, readsAllHeaders }: OfficialPlace,
  options: RemoteEmulatorOptions,
): void {
  let emulator: RemoteEmulator;
  let control: ReturnType<typeof controlOf>;
  const live: ChatClient[] = [];

  beforeAll(async () => {
    emulator = await start({ limits: false, ...options });
    control = controlOf(emulator);
  });
  afterEach(async () => {
    await Promise.all(live.splice(0).map((client) => client.stopRealtimeNotifications()));
    await control.clearFaults();
  });
  afterAll(async () => {
    const unknown = await control.unknown();
    expect([unknown, await emulator.close()]).toEqual([[], []]);
  });

  async function user(given: { readonly scopes?: readonly Scope[]; readonly client?: ChatClientOptions } = {}) {
    const id = await control.createUser();
    const { token } = await control.issueToken(id, { scopes: given.scopes ?? ['chat'] });
    return {
      id,
      token,
      identifier: { communicationUserId: id },
      client: await openChat(emulator.endpoint, token, given.client),
    };
  }
  type User = Awaited<ReturnType<typeof user>>;

  async function threadOf(owner: User, others: readonly User[] = []): Promise<ChatThreadClient> {
    const participants = others.map(({ identifier }) => ({ id: identifier, displayName: 'Bob' }));
    const { chatThread } = await owner.client.createChatThread({ topic: 'Help' }, { participants });
    return owner.client.getChatThreadClient(chatThread?.id ?? '');
  }

  /** CONNECTED comes before the registration that makes events arrive. */
  async function goLive(someone: User) {
    await someone.client.startRealtimeNotifications();
    live.push(someone.client);
    await vi.waitFor(
      async () => expect((await control.state()).registrations.map(({ user: owner }) => owner)).toContain(someone.id),
      soon,
    );
  }

  test('creates, lists, reads, changes and deletes threads', async () => {
    const [alice, bob] = [await user(), await user()];
    const { chatThread, invalidParticipants } = await alice.client.createChatThread(
      { topic: 'Hello' },
      {
        participants: [{ id: bob.identifier, displayName: 'Bob' }, { id: { communicationUserId: '8:acs:nobody' } }],
        metadata: { a: '1' },
        idempotencyToken: 'the-same',
      },
    );
    expect(invalidParticipants).toEqual([{ code: '404', message: 'Participant not found', target: '8:acs:nobody' }]);
    expect(chatThread?.id).toMatch(/^19:[\w-]{43}1@thread\.v2$/);
    const again = await alice.client.createChatThread({ topic: 'Other' }, { idempotencyToken: 'the-same' });
    expect(again.chatThread).toEqual(chatThread);

    const thread = alice.client.getChatThreadClient(chatThread?.id ?? '');
    await thread.updateProperties({
      topic: 'Changed',
      metadata: { b: '2' },
      retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 40 },
    });
    expect(await thread.getProperties()).toMatchObject({
      topic: 'Changed',
      metadata: { a: '1', b: '2' },
      retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 40 },
      createdBy: { communicationUserId: alice.id },
    });
    await thread.updateTopic('Again');
    await threadOf(alice);
    const pages = await all(alice.client.listChatThreads({ maxPageSize: 1, startTime: new Date(0) }).byPage());
    expect(pages.map((page) => page.map(({ topic }) => topic))).toEqual([['Help'], ['Again']]);
    await alice.client.deleteChatThread(thread.threadId);
    await expect(thread.getProperties()).rejects.toMatchObject({ statusCode: 404 });
  });

  test('sends, reads, lists, changes and deletes messages', async () => {
    const alice = await user();
    const thread = await threadOf(alice);
    const metadata = { a: '1' };
    const { id } = await thread.sendMessage(
      { content: 'Hi 😀' },
      { senderDisplayName: 'Alice', metadata, type: 'html' },
    );
    expect(await thread.getMessage(id)).toMatchObject({
      ...{ id, version: id, type: 'html', sequenceId: '3', senderDisplayName: 'Alice', metadata },
      content: { message: 'Hi 😀' },
      sender: { communicationUserId: alice.id },
    });
    await thread.updateMessage(id, { content: 'Hello', metadata: { b: '2' } });
    const edited = await thread.getMessage(id);
    expect(edited).toMatchObject({ content: { message: 'Hello' }, editedOn: expect.any(Date) });
    expect(Number(edited.version)).toBeGreaterThan(Number(id));
    for (let index = 0; index < 5; index += 1) await thread.sendMessage({ content: String(index) });
    await thread.deleteMessage(id);
    expect((await thread.getMessage(id)).deletedOn).toBeInstanceOf(Date);
    const pages = await all(thread.listMessages({ maxPageSize: 2 }).byPage());
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(2);
    const texts = pages.flat().flatMap(({ type, content }) => (type === 'text' ? [content?.message] : []));
    expect(texts).toEqual(['4', '3', '2', '1', '0']);
    expect(await all(thread.listMessages({ startTime: new Date('2999-01-01') }))).toEqual([]);
  });

  test('adds, lists and removes participants, types, and sends and lists receipts', async () => {
    const [alice, bob] = [await user(), await user()];
    const thread = await threadOf(alice);
    const shareHistoryTime = new Date('2024-01-01T00:00:00Z');
    const added = await thread.addParticipants({
      participants: [
        { id: bob.identifier, displayName: 'Bob', shareHistoryTime },
        { id: { communicationUserId: '8:acs:nobody' } },
      ],
    });
    expect(added.invalidParticipants).toMatchObject([{ code: '404', target: '8:acs:nobody' }]);
    expect(await all(thread.listParticipants({ maxPageSize: 1 }))).toMatchObject([
      { id: { communicationUserId: alice.id } },
      { id: { communicationUserId: bob.id }, displayName: 'Bob', shareHistoryTime },
    ]);
    expect(await thread.sendTypingNotification({ senderDisplayName: 'Alice' })).toBe(true);
    expect(await thread.sendTypingNotification()).toBe(false);
    const { id } = await thread.sendMessage({ content: 'one' });
    for (const { client } of [alice, bob]) {
      await client.getChatThreadClient(thread.threadId).sendReadReceipt({ chatMessageId: id });
    }
    expect(await all(thread.listReadReceipts({ maxPageSize: 1 }))).toMatchObject([
      { chatMessageId: id, sender: { communicationUserId: alice.id } },
      { chatMessageId: id, sender: { communicationUserId: bob.id } },
    ]);
    await thread.removeParticipant(bob.identifier);
    expect(await all(thread.listParticipants())).toHaveLength(1);
  });

  test('gets all ten events, and none that it has stopped listening to', async () => {
    const [alice, bob, carol] = [await user(), await user(), await user()];
    await goLive(bob);
    const events: { readonly name: string; readonly event: object }[] = [];
    const record = (name: string) => (event: object) => void events.push({ name, event });
    const { client } = bob;
    client.on('chatMessageReceived', record('chatMessageReceived'));
    client.on('chatMessageEdited', record('chatMessageEdited'));
    client.on('chatMessageDeleted', record('chatMessageDeleted'));
    client.on('typingIndicatorReceived', record('typingIndicatorReceived'));
    client.on('readReceiptReceived', record('readReceiptReceived'));
    client.on('chatThreadCreated', record('chatThreadCreated'));
    client.on('chatThreadDeleted', record('chatThreadDeleted'));
    client.on('chatThreadPropertiesUpdated', record('chatThreadPropertiesUpdated'));
    client.on('participantsAdded', record('participantsAdded'));
    client.on('participantsRemoved', record('participantsRemoved'));
    const unwanted = vi.fn();
    client.on('chatMessageReceived', unwanted);
    client.off('chatMessageReceived', unwanted);

    const topic = 'Käse %41 "ünd" 😀';
    const { chatThread } = await alice.client.createChatThread(
      { topic },
      { participants: [{ id: bob.identifier, displayName: '50%41 😀' }] },
    );
    const thread = alice.client.getChatThreadClient(chatThread?.id ?? '');
    const { id } = await thread.sendMessage(
      { content: 'one' },
      { senderDisplayName: 'Dr. Älice', metadata: { k: 'v' }, type: 'html' },
    );
    await thread.updateMessage(id, { content: 'two' });
    await thread.deleteMessage(id);
    await thread.sendTypingNotification({ senderDisplayName: 'Alice' });
    const second = await thread.sendMessage({ content: 'read me' });
    await thread.sendReadReceipt({ chatMessageId: second.id });
    await thread.updateTopic('New');
    await thread.addParticipants({ participants: [{ id: carol.identifier, displayName: 'Carol' }] });
    await thread.removeParticipant(carol.identifier);
    await alice.client.deleteChatThread(thread.threadId);

    await vi.waitFor(() => expect(events.at(-1)?.name).toBe('chatThreadDeleted'), soon);
    expect(events.map(({ name }) => name)).toEqual([
      'chatThreadCreated',
      'chatMessageReceived',
      'chatMessageEdited',
      'chatMessageDeleted',
      'typingIndicatorReceived',
      'chatMessageReceived',
      'readReceiptReceived',
      'chatThreadPropertiesUpdated',
      'participantsAdded',
      'participantsRemoved',
      'chatThreadDeleted',
    ]);
    const [created, received, edited] = events.map(({ event }) => event);
    expect(created).toMatchObject({
      threadId: thread.threadId,
      properties: { topic },
      participants: [{}, { displayName: '50%41 😀' }],
    });
    expect(received).toMatchObject({
      ...{ id, message: 'one', type: 'RichText/Html', senderDisplayName: 'Dr. Älice', metadata: { k: 'v' } },
      sender: { communicationUserId: alice.id },
    });
    expect(edited).toMatchObject({ id, message: 'two' });
    expect(events[6]?.event).toMatchObject({ chatMessageId: second.id, sender: { communicationUserId: alice.id } });
    expect(unwanted).not.toHaveBeenCalled();
    await vi.waitFor(async () => {
      const answers = (await control.log()).flatMap(({ kind, outcome }) =>
        kind === 'push' && typeof outcome === 'number' ? [outcome] : [],
      );
      expect(answers).toEqual(events.map(() => 200));
    }, soon);
  });

  test('reconnects after a cut socket and gets the next message', async () => {
    const alice = await user();
    await goLive(alice);
    const [messages, links]: [string[], string[]] = [[], []];
    alice.client.on('chatMessageReceived', ({ message }) => void messages.push(message));
    alice.client.on('realTimeNotificationDisconnected', () => links.push('down'));
    alice.client.on('realTimeNotificationConnected', () => links.push('up'));
    const thread = await threadOf(alice);
    const endpoints = async () =>
      (await control.state()).sockets.flatMap(({ user: owner, endpoint }) => (owner === alice.id ? [endpoint] : []));
    const before = await endpoints();
    await control.dropSockets();
    await thread.sendMessage({ content: 'perhaps into the gap' });
    await vi.waitFor(() => expect(links.at(-1)).toBe('up'), soon);
    await thread.sendMessage({ content: 'after' });
    await vi.waitFor(() => expect(messages.at(-1)).toBe('after'), soon);
    expect(links).toContain('down');
    expect(await endpoints()).toEqual(before);
  });

  test('is told 401 for a revoked, an expired and a forged token, and is not let in for events', async () => {
    const unauthorized = { statusCode: 401, code: 'Unauthorized', name: 'RestError' };
    const revoked = await user();
    await control.revoke(revoked.id);
    await expect(revoked.client.createChatThread({ topic: 'a' })).rejects.toMatchObject(unauthorized);
    await expect(revoked.client.startRealtimeNotifications()).rejects.toThrow();
    const { token } = await control.issueToken(await control.createUser(), { lifeMs: 0 });
    for (const bad of [token, forged(revoked.token)]) {
      const client = await openChat(emulator.endpoint, bad);
      await expect(all(client.listChatThreads())).rejects.toMatchObject(unauthorized);
    }
  });

  test('is told 403 where it does not belong or its scope does not do', async () => {
    const forbidden = { statusCode: 403, code: 'Forbidden' };
    const [alice, bob, joiner] = [await user(), await user(), await user({ scopes: ['chat.join'] })];
    const thread = await threadOf(alice, [bob]);
    const { id } = await thread.sendMessage({ content: 'said' });
    const stranger = (await user()).client.getChatThreadClient(thread.threadId);
    await expect(stranger.sendMessage({ content: 'a' })).rejects.toMatchObject(forbidden);
    await expect(stranger.getProperties()).rejects.toMatchObject(forbidden);
    await expect(joiner.client.createChatThread({ topic: 'a' })).rejects.toMatchObject(forbidden);
    await thread.removeParticipant(bob.identifier);
    const left = bob.client.getChatThreadClient(thread.threadId);
    await expect(left.sendMessage({ content: 'a' })).rejects.toMatchObject(forbidden);
    expect((await left.getMessage(id)).content?.message).toBe('said');
  });

  test('is told 404 for what is not there', async () => {
    const missing = { statusCode: 404, code: 'NotFound' };
    const alice = await user();
    const thread = await threadOf(alice);
    await expect(thread.getMessage('1')).rejects.toMatchObject(missing);
    await expect(thread.deleteMessage('1')).rejects.toMatchObject(missing);
    await expect(thread.sendReadReceipt({ chatMessageId: '1' })).rejects.toMatchObject(missing);
    await expect(thread.removeParticipant({ communicationUserId: '8:acs:nobody' })).rejects.toMatchObject(missing);
    const nowhere = alice.client.getChatThreadClient('19:none@thread.v2');
    await expect(nowhere.getProperties()).rejects.toMatchObject(missing);
    await expect(alice.client.deleteChatThread(nowhere.threadId)).rejects.toMatchObject(missing);
  });

  test('is told 400 for what makes no sense', async () => {
    const thread = await threadOf(await user());
    await expect((await user()).client.createChatThread({ topic: '' })).rejects.toMatchObject({ statusCode: 400 });
    await expect(thread.sendMessage({ content: '' })).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest' });
    await expect(
      thread.updateProperties({ retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 1 } }),
    ).rejects.toMatchObject({ statusCode: 400 });
    await expect(all(thread.listMessages({ maxPageSize: 0 }))).rejects.toMatchObject({ statusCode: 400 });
  });

  test('tries again after 503, and stores a message twice when the first had been stored', async () => {
    const alice = await user();
    const thread = await threadOf(alice);
    await control.fail({ operation: 'ChatThread_SendChatMessage', when: 'after', answer: { status: 503 } });
    await thread.sendMessage({ content: 'twice' });
    const texts = (await all(thread.listMessages())).filter(({ type }) => type === 'text');
    expect(texts.map(({ content }) => content?.message)).toEqual(['twice', 'twice']);

    const hasty = (await openChat(emulator.endpoint, alice.token, once)).getChatThreadClient(thread.threadId);
    await control.fail({ answer: { status: 503, code: 'ServiceUnavailable' } });
    await expect(hasty.getProperties()).rejects.toMatchObject({ statusCode: 503, code: 'ServiceUnavailable' });
  });

  test.each(['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms'])(
    readsAllHeaders
      ? 'waits as long as a 429 says in %s, and tries again'
      : 'is told 429 at once, because a page of another origin cannot read %s',
    async (header) => {
      const alice = await user();
      const thread = await threadOf(alice);
      const headers = { [header]: header === 'retry-after' ? '1' : '900' };
      await control.fail({ answer: { status: 429, code: 'TooManyRequests', headers } });
      const started = performance.now();
      const sent = thread.sendMessage({ content: 'much' });
      if (readsAllHeaders) {
        await sent;
        expect(performance.now() - started).toBeGreaterThan(850);
      } else {
        await expect(sent).rejects.toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
      }
    },
  );

  describe('with limits', () => {
    let strict: RemoteEmulator;
    const changeMessage = [{ count: 2, windowMs: 1_000, per: 'thread' }] as const;
    const limited = async (given: RemoteEmulatorOptions = {}, clientOptions: ChatClientOptions = {}) => {
      strict = await start({ ...options, limits: { rates: { changeMessage } }, ...given });
      const { createUser, issueToken } = controlOf(strict);
      const { token } = await issueToken(await createUser());
      const client = await openChat(strict.endpoint, token, clientOptions);
      const { chatThread } = await client.createChatThread({ topic: 'Busy' });
      return client.getChatThreadClient(chatThread?.id ?? '');
    };
    const sendThree = async (thread: ChatThreadClient) => {
      for (let index = 0; index < 3; index += 1) await thread.sendMessage({ content: String(index) });
    };
    const texts = async (thread: ChatThreadClient) =>
      (await all(thread.listMessages())).flatMap(({ type, content }) => (type === 'text' ? [content?.message] : []));
    afterEach(async () => expect(await strict.close()).toEqual([]));

    test('is told 429 by the rate limit', async () => {
      const thread = await limited({}, once);
      await expect(sendThree(thread)).rejects.toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
      expect(await texts(thread)).toEqual(['1', '0']);
    });

    test('waits out the rate limit by itself where it may read the header', async () => {
      const thread = await limited({ cors: 'open' });
      await sendThree(thread);
      expect(await texts(thread)).toEqual(['2', '1', '0']);
    });

    test('is told 413 for a message beyond 28 KB, and 400 or 403 for too many participants', async () => {
      const thread = await limited({}, once);
      await expect(thread.sendMessage({ content: 'x'.repeat(29 * 1024) })).rejects.toMatchObject({ statusCode: 413 });
      const participants = Array.from({ length: 201 }, (_, index) => ({
        id: { communicationUserId: `8:acs:${index}` },
      }));
      const refusal: unknown = await thread.addParticipants({ participants }).catch((error: unknown) => error);
      expect([400, 403, 413]).toContain(at(refusal, 'statusCode'));
    });
  });
}
