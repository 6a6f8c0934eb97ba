import type { ChatClient, ChatThreadClient } from '@azure/communication-chat';
import type { Emulator } from 'onescreen/emulator';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startEmulator } from './checked-emulator';
import { openChatClient, openIdentityClient } from './official-client';

let emulator: Emulator;
let open: ChatClient[];

beforeEach(async () => {
  emulator = await startEmulator({ limits: false });
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((client) => client.stopRealtimeNotifications()));
  await emulator.close();
});

async function createUser() {
  const { user, token } = await openIdentityClient(emulator.connectionString).createUserAndToken(['chat']);
  const client = await openChatClient({ endpoint: emulator.endpoint, token });
  return { id: user.communicationUserId, identifier: user, client };
}

async function goLive(client: ChatClient) {
  await client.startRealtimeNotifications();
  open.push(client);
}

/** CONNECTED comes before the registration that makes events arrive. */
async function registered(count: number) {
  await vi.waitFor(() => expect(emulator.core.snapshot().registrations).toHaveLength(count), { timeout: 5000 });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('the unmodified official clients', () => {
  test('create users, a thread and messages over REST', async () => {
    const alice = await createUser();
    const bob = await createUser();
    const { chatThread, invalidParticipants } = await alice.client.createChatThread(
      { topic: 'Hello' },
      { participants: [{ id: bob.identifier, displayName: 'Bob' }, { id: { communicationUserId: '8:acs:nobody' } }] },
    );
    expect(invalidParticipants).toEqual([{ code: '404', message: 'Participant not found', target: '8:acs:nobody' }]);
    expect(chatThread?.id).toMatch(/^19:[\w-]{43}1@thread\.v2$/);

    const thread = bob.client.getChatThreadClient(chatThread?.id ?? '');
    const { id } = await thread.sendMessage({ content: 'Hi 😀' }, { senderDisplayName: 'Bob', metadata: { a: '1' } });
    const message = await alice.client.getChatThreadClient(thread.threadId).getMessage(id);
    expect(message).toMatchObject({
      id,
      version: id,
      type: 'text',
      sequenceId: '3',
      senderDisplayName: 'Bob',
      metadata: { a: '1' },
      content: { message: 'Hi 😀' },
    });
    expect(message.sender).toMatchObject({ communicationUserId: bob.id });
  });

  test('page through a history with working links', async () => {
    const alice = await createUser();
    const { chatThread } = await alice.client.createChatThread({ topic: 'Pages' });
    const thread = alice.client.getChatThreadClient(chatThread?.id ?? '');
    for (let index = 0; index < 7; index += 1) await thread.sendMessage({ content: String(index) });
    const texts: (string | undefined)[] = [];
    for await (const page of thread.listMessages({ maxPageSize: 2 }).byPage()) {
      expect(page.length).toBeLessThanOrEqual(2);
      texts.push(...page.filter(({ type }) => type === 'text').map(({ content }) => content?.message));
    }
    expect(texts).toEqual(['6', '5', '4', '3', '2', '1', '0']);
  });

  test('get all ten events', async () => {
    const alice = await createUser();
    const bob = await createUser();
    const carol = await createUser();
    await goLive(bob.client);
    const events: { readonly name: string; readonly event: object }[] = [];
    const record = (name: string) => (event: object) => void events.push({ name, event });
    bob.client.on('chatMessageReceived', record('chatMessageReceived'));
    bob.client.on('chatMessageEdited', record('chatMessageEdited'));
    bob.client.on('chatMessageDeleted', record('chatMessageDeleted'));
    bob.client.on('typingIndicatorReceived', record('typingIndicatorReceived'));
    bob.client.on('readReceiptReceived', record('readReceiptReceived'));
    bob.client.on('chatThreadCreated', record('chatThreadCreated'));
    bob.client.on('chatThreadDeleted', record('chatThreadDeleted'));
    bob.client.on('chatThreadPropertiesUpdated', record('chatThreadPropertiesUpdated'));
    bob.client.on('participantsAdded', record('participantsAdded'));
    bob.client.on('participantsRemoved', record('participantsRemoved'));
    await registered(1);

    const topic = 'Käse %41 "ünd" 😀';
    const { chatThread } = await alice.client.createChatThread(
      { topic },
      { participants: [{ id: bob.identifier, displayName: '50%41 😀' }] },
    );
    const thread: ChatThreadClient = alice.client.getChatThreadClient(chatThread?.id ?? '');
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

    await vi.waitFor(() => expect(events.at(-1)?.name).toBe('chatThreadDeleted'), { timeout: 5000 });
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
    expect(events[0]?.event).toMatchObject({
      threadId: thread.threadId,
      properties: { topic },
      participants: [{}, { displayName: '50%41 😀' }],
    });
    expect(events[1]?.event).toMatchObject({
      id,
      message: 'one',
      type: 'RichText/Html',
      senderDisplayName: 'Dr. Älice',
      metadata: { k: 'v' },
    });
    expect(events[2]?.event).toMatchObject({ id, message: 'two' });
    expect(events[6]?.event).toMatchObject({ chatMessageId: second.id, sender: { communicationUserId: alice.id } });
    const answers = emulator.core
      .log()
      .flatMap((entry) => (entry.kind === 'push' && typeof entry.outcome === 'number' ? [entry.outcome] : []));
    expect(answers.every((status) => status === 200)).toBe(true);
  });

  test('use every other operation, and page through each list', async () => {
    const alice = await createUser();
    const bob = await createUser();
    const { chatThread } = await alice.client.createChatThread({ topic: 'All' }, { metadata: { a: '1' } });
    const thread = alice.client.getChatThreadClient(chatThread?.id ?? '');
    const shareHistoryTime = new Date('2024-01-01T00:00:00Z');
    await thread.addParticipants({ participants: [{ id: bob.identifier, displayName: 'Bob', shareHistoryTime }] });
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
    const { id } = await thread.sendMessage({ content: 'one' });
    for (const user of [alice, bob]) {
      await user.client.getChatThreadClient(thread.threadId).sendReadReceipt({ chatMessageId: id });
    }
    const participants = await all(thread.listParticipants({ maxPageSize: 1 }));
    expect(participants).toMatchObject([
      { id: { communicationUserId: alice.id } },
      { displayName: 'Bob', shareHistoryTime },
    ]);
    const receipts = await all(thread.listReadReceipts({ maxPageSize: 1 }));
    expect(receipts).toMatchObject([
      { chatMessageId: id, sender: { communicationUserId: alice.id } },
      { chatMessageId: id, sender: { communicationUserId: bob.id } },
    ]);
    await alice.client.createChatThread({ topic: 'Second' });
    const threads = await all(alice.client.listChatThreads({ maxPageSize: 1, startTime: new Date(0) }));
    expect(threads.map(({ topic }) => topic)).toEqual(['Second', 'Changed']);
    expect(await all(thread.listMessages({ startTime: new Date('2999-01-01') }))).toEqual([]);
  });

  test("get the service's refusals as typed errors", async () => {
    const alice = await createUser();
    const bob = await createUser();
    const { chatThread } = await alice.client.createChatThread({ topic: 'Closed' });
    const thread = bob.client.getChatThreadClient(chatThread?.id ?? '');
    await expect(thread.sendMessage({ content: 'a' })).rejects.toMatchObject({ statusCode: 403, code: 'Forbidden' });
    await alice.client.deleteChatThread(thread.threadId);
    await expect(thread.getProperties()).rejects.toMatchObject({ statusCode: 404, code: 'NotFound' });
    await expect(alice.client.createChatThread({ topic: '' })).rejects.toMatchObject({ statusCode: 400 });
    emulator.core.faults.requests.add({
      answer: { status: 429, code: 'TooManyRequests', headers: { 'retry-after': '1' } },
    });
    expect((await alice.client.createChatThread({ topic: 'Retried' })).chatThread?.topic).toBe('Retried');
    emulator.core.faults.expireTokens(alice.id);
    await expect(alice.client.createChatThread({ topic: 'Late' })).rejects.toMatchObject({
      statusCode: 401,
      code: 'Unauthorized',
    });
  });

  test('reconnect after a cut socket and get the next message', async () => {
    const alice = await createUser();
    await goLive(alice.client);
    const messages: string[] = [];
    let disconnects = 0;
    alice.client.on('chatMessageReceived', ({ message }) => void messages.push(message));
    alice.client.on('realTimeNotificationDisconnected', () => (disconnects += 1));
    await registered(1);
    const { chatThread } = await alice.client.createChatThread({ topic: 'Cut' });
    const thread = alice.client.getChatThreadClient(chatThread?.id ?? '');
    const [before] = emulator.core.snapshot().sockets;

    expect(emulator.core.faults.dropSockets()).toBe(1);
    await thread.sendMessage({ content: 'into the gap' });
    await vi.waitFor(() => expect(emulator.core.snapshot().sockets).toHaveLength(1), { timeout: 5000 });
    await thread.sendMessage({ content: 'after' });
    await vi.waitFor(() => expect(messages).toEqual(['after']), { timeout: 5000 });
    expect(disconnects).toBe(1);
    expect(emulator.core.snapshot().sockets[0]?.endpoint).toBe(before?.endpoint);
  });
});
