import type { ChatMessage } from '@azure/communication-chat';
import { startEmulator } from 'onescreen/emulator';
import { describe, expect, test, vi } from 'vitest';
import { at } from '../bench-values';
import { openChatClient } from '../official-client';
import { colleague, frameOf, MeetingBench, organizer, tried } from './meeting-bench';
import type { Page } from '../calls/call-bench';

const version = 'api-version=2025-03-15';

/** A chat request with a token of its own for chat and calls. */
async function chat(bench: MeetingBench, user: string, method: string, path: string, body?: unknown) {
  const { token } = bench.core.issueToken(user);
  const [plain = '', query = version] = path.split('?');
  const response = await bench.core.handle(
    new Request(`http://127.0.0.1:4040/chat/threads/${plain}?${query}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const post = (bench: MeetingBench, user: string, thread: string, content: string) =>
  chat(bench, user, 'POST', `${thread}/messages`, { content, type: 'text' });

/** Texts of what somebody may read, the oldest first; the status when they may not. */
async function read(bench: MeetingBench, user: string, thread: string): Promise<unknown> {
  const { status, body } = await chat(bench, user, 'GET', `${thread}/messages`);
  if (status !== 200) return status;
  const messages = at(body, 'value');
  if (!Array.isArray(messages)) throw new Error('no messages');
  return messages
    .filter((message) => at(message, 'type') === 'text')
    .map((message) => at(message, 'content', 'message'))
    .reverse();
}

async function meetingOf(pages: number) {
  const bench = new MeetingBench();
  const meeting = bench.create({ lobby: 'everyone' });
  const guests: Page[] = [];
  for (let count = 0; count < pages; count += 1) guests.push(await bench.join(meeting));
  const [first, second] = guests;
  if (first === undefined) throw new Error('nobody is in');
  return { bench, meeting, first, second, thread: encodeURIComponent(meeting.threadId ?? '') };
}

describe('the chat of a meeting', () => {
  test('shows a guest only what is written while they are in', async () => {
    const { bench, meeting, first, thread } = await meetingOf(1);
    expect((await post(bench, first.user, thread, 'before')).status).toBe(201);
    await bench.clock.advance(10);
    const late = await bench.join(meeting);
    await post(bench, first.user, thread, 'while');
    expect(await read(bench, late.user, thread)).toEqual(['while']);
    await tried(late, { type: 'hang-up', forEveryone: false });
    await post(bench, first.user, thread, 'after');
    expect(await read(bench, late.user, thread)).toBe(403);
    expect((await post(bench, late.user, thread, 'from outside')).status).toBe(403);
    await bench.joinFrom(late, meeting);
    await post(bench, first.user, thread, 'again');
    expect(await read(bench, late.user, thread)).toEqual(['again']);
    expect(await read(bench, first.user, thread)).toEqual(['before', 'while', 'after', 'again']);
  });

  test('is closed to who waits in the lobby', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const thread = encodeURIComponent(meeting.threadId ?? '');
    const guest = await bench.join(meeting);
    expect(await read(bench, guest.user, thread)).toBe(403);
    bench.core.meetings.admit(meeting.id);
    expect(await read(bench, guest.user, thread)).toEqual([]);
    expect(frameOf(guest).threadId).toBe(meeting.threadId);
  });

  test('stays open to the people of the organization, with all of it', async () => {
    const { bench, meeting, first, thread } = await meetingOf(1);
    await post(bench, first.user, thread, 'before');
    const mate = await bench.joinAsTeamsUser(meeting, colleague);
    await tried(mate, { type: 'hang-up', forEveryone: false });
    await post(bench, first.user, thread, 'after');
    expect(await read(bench, colleague, thread)).toEqual(['before', 'after']);
    expect(await read(bench, organizer, thread)).toEqual(['before', 'after']);
  });

  test('is kept by who joins anew in the place of a lost page', async () => {
    const { bench, meeting, first, thread } = await meetingOf(2);
    await post(bench, first.user, thread, 'hello');
    first.drop();
    const again = await bench.join(meeting, { user: first.user });
    expect(again.call?.status).toBe('connected');
    expect(await read(bench, first.user, thread)).toEqual(['hello']);
  });

  test('has typing, and neither read receipts nor members that guests change', async () => {
    const { bench, first, second, thread } = await meetingOf(2);
    const { body } = await post(bench, first.user, thread, 'hello');
    const reader = second?.user ?? '';
    expect((await chat(bench, reader, 'POST', `${thread}/typing`, {})).status).toBe(200);
    const receipt = await chat(bench, reader, 'POST', `${thread}/readReceipts`, { chatMessageId: at(body, 'id') });
    expect(receipt.status).toBe(403);
    const participants = [{ communicationIdentifier: { communicationUser: { id: bench.core.createUser() } } }];
    expect((await chat(bench, reader, 'POST', `${thread}/participants/:add`, { participants })).status).toBe(403);
    const identifier = { communicationUser: { id: first.user } };
    expect((await chat(bench, reader, 'POST', `${thread}/participants/:remove`, identifier)).status).toBe(403);
    expect((await chat(bench, reader, 'DELETE', thread)).status).toBe(403);
  });

  test('is not had by meetings without one', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone', chat: false });
    const guest = await bench.join(meeting);
    expect([meeting.threadId, frameOf(guest).threadId]).toEqual([undefined, undefined]);
    expect(bench.core.snapshot().threads).toEqual([]);
  });

  test('works with the unmodified chat client, pushes included', async () => {
    const emulator = await startEmulator({ limits: false });
    try {
      const { core, endpoint } = emulator;
      const meeting = core.meetings.create({ organizer, lobby: 'everyone' });
      const user = core.createUser();
      const { token } = core.issueToken(user);
      const frames: string[] = [];
      const page = core.connect(`${endpoint}/calling`, {
        send: (frame) => frames.push(frame),
        close: () => {},
        terminate: () => {},
      });
      page.receive(JSON.stringify({ id: 1, type: 'register', token, kind: 'CallAgent' }));
      page.receive(
        JSON.stringify({ id: 2, type: 'join', callId: 'own', meeting: { link: meeting.joinLink }, muted: false }),
      );
      await vi.waitFor(() => expect(core.meetings.get(meeting.id)?.members).toHaveLength(1));
      const client = await openChatClient({ endpoint, token });
      const received: string[] = [];
      await client.startRealtimeNotifications();
      client.on('chatMessageReceived', ({ message }) => received.push(message));
      // Events arrive once that is registered, which takes a moment longer.
      await vi.waitFor(() => expect(core.snapshot().registrations).toHaveLength(1), { timeout: 5_000 });
      const thread = client.getChatThreadClient(meeting.threadId ?? '');
      await thread.sendMessage({ content: 'hello' });
      await vi.waitFor(() => expect(received).toEqual(['hello']), { timeout: 5_000 });
      const messages: ChatMessage[] = [];
      for await (const message of thread.listMessages()) messages.push(message);
      expect(messages.filter(({ type }) => type === 'text').map(({ content }) => content?.message)).toEqual(['hello']);
      await client.stopRealtimeNotifications();
    } finally {
      await emulator.close();
    }
  });
});
