import {
  createLive,
  isContactCenterError,
  type ChannelLink,
  type ConversationPush,
  type LogEntry,
  type LogFact,
  type ProviderItem,
  type ProviderMessage,
} from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

const actor = { kind: 'customer', id: 'grace' } as const;
const entry = (seq: number, fact: LogFact): LogEntry => ({ seq, at: 1_000 * seq, by: actor, ...fact });
const wrote = (seq: number, id = `m${seq}`): LogEntry =>
  entry(seq, { type: 'message', channelId: 'chat', message: { id, from: 'grace', text: `text ${seq}` } });

/** A chat whose control plane is played by the test; `log` answers `log/before`. */
function openChat(log: readonly LogEntry[] = []) {
  const pushes = new Subject<ConversationPush>();
  const online = createLive(true);
  const commands: { readonly name: string; readonly args: unknown; readonly commandId: string | undefined }[] = [];
  const clock = virtualClock(0);
  let answer = (name: string, args: unknown): unknown => {
    if (name !== 'log/before') return {};
    const { seq, pageSize } = args as { readonly seq: number; readonly pageSize: number };
    const older = log.filter((one) => one.seq < seq);
    return { entries: older.slice(-pageSize), more: older.length > pageSize };
  };
  const command: ChannelLink['command'] = async (name, args, options) => {
    commands.push({ name, args, commandId: options?.commandId });
    return (await answer(name, args)) as never;
  };
  const session = serverChat().open({
    conversationId: 'c1',
    channelId: 'chat',
    providerRefs: {},
    self: { participantId: 'ada', displayName: 'Ada', providerRefs: {} },
    open$: createLive(true).live,
    tokens: { get: () => Promise.reject(new Error('hosted chat needs no token')) },
    controlPlane: { pushes$: pushes, online$: online.live, command },
    clock,
    random: seededRandom('chat'),
  });
  const items: ProviderItem[] = [];
  session.items$.subscribe((batch) => items.push(...batch));
  const says = (...entries: readonly LogEntry[]) => pushes.next({ type: 'log', conversationId: 'c1', entries });
  const answerWith = (next: typeof answer) => void (answer = next);
  return { session, items, says, pushes, online, commands, clock, answerWith };
}

const codeOf = (error: unknown) => (isContactCenterError(error) ? error.code : error);
const settle = () => new Promise((resolve) => setImmediate(resolve));
const idsOf = (items: readonly ProviderItem[]) =>
  items.flatMap((item) => (item.kind === 'message' ? [item.providerId] : []));

describe('serverChat', () => {
  it('brings a message with the position and the time of its entry', () => {
    const { items, says } = openChat();
    says(wrote(7));
    expect(items).toEqual([
      { kind: 'message', providerId: 'm7', version: 7, at: 7_000, seq: 7, sender: 'grace', text: 'text 7' },
    ]);
  });

  it('holds what is said about a message until the message itself has come', () => {
    const { items, says } = openChat();
    says(entry(5, { type: 'message-edited', channelId: 'chat', messageId: 'm2', text: 'newest' }));
    says(entry(4, { type: 'message-edited', channelId: 'chat', messageId: 'm2', text: 'older' }));
    says(entry(6, { type: 'message-read', channelId: 'chat', messageId: 'm2' }));
    expect(items).toEqual([]);
    says(wrote(2));
    expect(items).toEqual([
      expect.objectContaining({ providerId: 'm2', version: 5, at: 2_000, seq: 2, text: 'newest', editedAt: 5_000 }),
      { kind: 'receipt', reader: 'grace', upTo: 2_000 },
    ]);
  });

  it('lets a deletion win over an edit, in whichever order they come', () => {
    const edit = entry(3, { type: 'message-edited', channelId: 'chat', messageId: 'm1', text: 'edited' });
    const deletion = entry(4, { type: 'message-deleted', channelId: 'chat', messageId: 'm1' });
    for (const order of [
      [wrote(1), edit, deletion],
      [deletion, edit, wrote(1)],
      [wrote(1), deletion, edit],
    ]) {
      const { items, says } = openChat();
      for (const one of order) says(one);
      const newest = items.filter((item): item is ProviderMessage => item.kind === 'message').at(-1);
      expect(newest).toMatchObject({ version: 4, text: '', deletedAt: 4_000 });
    }
  });

  it('says nothing twice, and nothing of other channels and conversations', () => {
    const { items, says, pushes } = openChat();
    says(wrote(1), wrote(2));
    says(wrote(2), wrote(1));
    const other: LogFact = { type: 'message', channelId: 'other', message: { id: 'x', from: 'grace', text: 'x' } };
    says(entry(3, other));
    pushes.next({ type: 'log', conversationId: 'c2', entries: [wrote(4)] });
    expect(idsOf(items)).toEqual(['m1', 'm2']);
  });

  it('leaves HTML out where there is no DOM to sanitise it', () => {
    const { items, says } = openChat();
    const message = { id: 'm1', from: 'grace', text: 'bold', html: '<b>bold</b>' };
    says(entry(1, { type: 'message', channelId: 'chat', message }));
    expect(items).toEqual([expect.not.objectContaining({ html: expect.anything() })]);
    expect(items).toMatchObject([{ text: 'bold' }]);
  });

  it('reads what lies between the last entry it knows and a newer snapshot', async () => {
    const log = Array.from({ length: 350 }, (_, index) => wrote(index + 1));
    const { items, says, online, commands } = openChat(log);
    says(...log.slice(0, 10));
    online.set(false);
    online.set(true);
    says(...log.slice(-50));
    await settle();
    expect(new Set(idsOf(items)).size).toBe(350);
    expect(idsOf(items)).toHaveLength(350);
    expect(commands.map(({ name }) => name)).toEqual(['log/before', 'log/before', 'log/before']);
  });

  it('asks for nothing when nothing can be missing', async () => {
    const log = Array.from({ length: 20 }, (_, index) => wrote(index + 1));
    const { says, online, commands } = openChat(log);
    says(...log.slice(0, 10));
    says(...log.slice(12, 14));
    online.set(false);
    online.set(true);
    says(...log.slice(10, 20));
    await settle();
    expect(commands).toEqual([]);
  });

  it('sends under one command id while the outcome is unknown, and under another after a refusal', async () => {
    const { session, commands, answerWith } = openChat();
    const sent = { clientId: 'mine', text: 'hello' };
    answerWith(() => Promise.reject(new Error('refused')));
    await expect(session.send(sent, () => {})).rejects.toMatchObject({ code: 'channel/unavailable' });
    answerWith(() => ({ messageId: 'm1', seq: 1, at: 1_000 }));
    await session.send(sent, () => {});
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(2);
    expect(commands.map(({ args }) => args)).toEqual([
      { conversationId: 'c1', channelId: 'chat', ...sent },
      { conversationId: 'c1', channelId: 'chat', ...sent },
    ]);
  });

  it('counts the size of a message in bytes of UTF-8, up to 28 KB', async () => {
    const { session, commands, answerWith } = openChat();
    answerWith(() => ({ messageId: 'm1', seq: 1, at: 1_000 }));
    const send = (text: string) => session.send({ clientId: text.slice(0, 4), text }, () => {});
    await send('a'.repeat(28 * 1024));
    await send('é'.repeat(14 * 1024));
    await expect(send('x'.repeat(28 * 1024 + 1))).rejects.toMatchObject({ code: 'message/too-large' });
    await expect(send('ü'.repeat(14 * 1024 + 1))).rejects.toMatchObject({ code: 'message/too-large' });
    await expect(session.edit('m1', 'x'.repeat(28 * 1024 + 1))).rejects.toMatchObject({ code: 'message/too-large' });
    expect(commands).toHaveLength(2);
  });

  it('signals typing at most once in 3 s, and not while the link is down', async () => {
    const { session, commands, clock, online } = openChat();
    for (let key = 0; key < 10; key++) await session.typing();
    await clock.advance(2_999);
    await session.typing();
    expect(commands).toHaveLength(1);
    await clock.advance(1);
    await session.typing();
    expect(commands).toHaveLength(2);
    online.set(false);
    await clock.advance(3_000);
    await session.typing();
    expect(commands).toHaveLength(2);
  });

  it('shows by its capabilities what waits for the link and what needs it now', async () => {
    const { session, online } = openChat();
    expect(session.state$.value.status).toBe('connected');
    online.set(false);
    expect(session.state$.value.status).toBe('recovering');
    const { actions } = session.capabilities$.value;
    expect(actions.send).toEqual({ supported: true, executor: 'controlPlane' });
    expect(actions.typing).toEqual({ supported: false, reason: 'not-connected' });
    await session.close();
    expect(session.capabilities$.value.actions.send).toEqual({ supported: false, reason: 'closed' });
  });

  it('rejects what waits for the link when the chat or the link is closed', async () => {
    const closings = [
      ({ session }: ReturnType<typeof openChat>) => void session.close(),
      ({ online }: ReturnType<typeof openChat>) => online.complete(),
    ];
    for (const close of closings) {
      const chat = openChat();
      chat.online.set(false);
      const states: string[] = [];
      const outcome = chat.session
        .send({ clientId: 'mine', text: 'hello' }, (state) => states.push(state))
        .catch(codeOf);
      await settle();
      expect(states).toEqual(['queued']);
      close(chat);
      expect(await Promise.race([outcome, settle()])).toBe('channel/closed');
    }
  });

  it('rejects every command after close, whether or not the link stands, and asks nothing of the control plane', async () => {
    for (const online of [true, false]) {
      const chat = openChat();
      chat.online.set(online);
      await chat.session.close();
      const { session } = chat;
      const outcomes = [
        session.send({ clientId: 'mine', text: 'hello' }, () => {}),
        session.edit('m1', 'text'),
        session.delete('m1'),
        session.markRead('m1'),
        session.typing(),
        session.loadMore({ pageSize: 10 }),
      ].map((command) => Promise.race([command.catch(codeOf), settle()]));
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['channel/closed']));
      expect(chat.commands).toEqual([]);
      expect(chat.clock.pending).toBe(0);
    }
  });
});
