import { ContactCenterClient, type AgentRecord, type LogEntry, type LogFact, type VoiceProvider } from 'onescreen';
import { createBroadcast, scriptedMeetings, scriptedVoice, seededRandom, virtualClock } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';
import { memoryChat } from './memory-chat';
import { ada, entry, offer, opening, scriptedControlPlane, start, task } from './scripted-control-plane';

type Answers = Parameters<typeof scriptedControlPlane>[0];

const able: AgentRecord = { ...ada, channels: { voice: true, meeting: true, chat: true } };

async function working(answers: Answers = {}, agent: AgentRecord = able, broadcast = createBroadcast()) {
  const plane = scriptedControlPlane({ 'phone/report': async () => ({}), ...answers });
  const clock = virtualClock(start);
  const voice = scriptedVoice();
  const meetings = scriptedMeetings();
  const chat = memoryChat();
  const phone: VoiceProvider = {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['tpeAgent'],
    open: (context) => createVoice(context, { tokenKinds: ['tpeAgent'], open: voice.open }),
  };
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000, kind: 'tpeAgent' }),
    providers: [phone, meetings.provider, chat.provider],
    environment: { clock, broadcast, random: seededRandom('meetings') },
  });
  const signingIn = client.signIn();
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent, offers: [], conversations: [] });
  await signingIn;
  plane.push({ type: 'conversation', conversation: record });
  let seq = 5;
  const say = (...facts: readonly LogFact[]) =>
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: facts.map((fact): LogEntry => entry(++seq, fact)),
    });
  const [mine] = client.tasks$.value;
  if (mine === undefined) throw new Error('there is no task');
  return { plane, clock, voice, meetings, chat, client, task: mine, say, conversation: mine.conversation };
}

const record = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };

const opened = (channelId: string, channel: string, provider = 'scripted'): LogFact => ({
  ...{ type: 'channel-opened', channelId, channel, provider, providerRefs: {} },
});

const invitation = (status: 'open' | 'accepted'): LogFact => ({
  type: 'invitation',
  invitation: {
    ...{ id: 'i-1', channel: 'meeting', channelId: 'm-1', taskId: 't-1', status, from: 'Ada', by: 'link' },
    expiresAt: start + 120_000,
  },
});

describe('a conversation over several channels', () => {
  it('gets the channel that it is escalated to, once for two clicks, and tells who is invited', async () => {
    const world = await working({ 'task/escalate': async () => ({ channelId: 'm-1' }) });
    const { conversation, say, plane, client } = world;
    const both = Promise.all([conversation.escalate('meeting', { close: true }), conversation.escalate('meeting', {})]);
    say(
      opened('m-1', 'meeting'),
      { type: 'task', task: { ...task, channels: ['chat', 'meeting'] } },
      invitation('open'),
    );
    const [channel] = await both;
    expect(channel).toBe(conversation.channel('meeting'));
    expect(plane.commands.filter(({ name }) => name === 'task/escalate')).toEqual([
      { name: 'task/escalate', args: { taskId: 't-1', to: 'meeting', close: true } },
    ]);
    expect(world.task.channels).toEqual(['chat', 'meeting']);
    expect(conversation.invitations$.value.map(({ id }) => id)).toEqual(['i-1']);
    say(invitation('accepted'));
    expect(conversation.invitations$.value).toEqual([]);
    await client.close();
  });

  it('rings a customer who was asked into a call, which has not been lost before they have come', async () => {
    const { task: mine, say, conversation, client, clock } = await working();
    const asked = (status: 'open' | 'accepted'): LogFact => ({
      type: 'invitation',
      invitation: {
        ...{ id: 'i-2', channel: 'voice', channelId: 'call-1', taskId: 't-1', status, from: 'Ada', by: 'link' },
        expiresAt: start + 120_000,
      },
    });
    say(opened('call-1', 'voice'), { type: 'task', task: { ...task, channels: ['chat', 'voice'] } }, asked('open'));
    const call = conversation.channel('voice');
    expect(call?.state$.value.status).toBe('ringing');
    expect(mine.can('rejoin')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    say(asked('accepted'));
    await clock.advance(9_999);
    expect(call?.state$.value.status).toBe('ringing');
    await clock.advance(1);
    expect(call?.state$.value.status).toBe('lost');
    expect(mine.can('rejoin')).toEqual({ allowed: true });
    await client.close();
  });

  it('is escalated only to what the control plane adds, has room for and is not there yet', async () => {
    const agent = { ...ada, channels: { voice: false, meeting: true, chat: true } };
    const { task: mine, say, conversation, client } = await working({}, agent);
    expect(mine.can('escalateToVoice')).toEqual({ allowed: false, reason: 'no-capacity' });
    expect(mine.can('escalateToChat')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    expect(mine.can('escalateToMeeting')).toEqual({ allowed: true });
    expect(mine.can('escalate')).toEqual({ allowed: true });
    say(opened('m-1', 'meeting'));
    expect(mine.can('escalateToMeeting')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    await expect(conversation.escalate('voice')).rejects.toMatchObject({
      code: 'command/not-allowed',
      reason: 'no-capacity',
    });
    await client.close();
  });

  it('is escalated by nobody where the control plane adds nothing', async () => {
    const { task: mine, client } = await working({}, ada);
    for (const action of ['escalate', 'escalateToVoice', 'escalateToMeeting', 'escalateToChat'])
      expect(mine.can(action)).toEqual({ allowed: false, reason: 'not-supported' });
    await client.close();
  });

  it('is written in over the chat and shared to the meeting, whatever the task came by', async () => {
    const { task: mine, meetings, say, client } = await working();
    expect(mine.can('admit')).toEqual({ allowed: false, reason: 'not-supported' });
    say(opened('m-1', 'meeting'));
    expect(mine.can('admit')).toEqual({ allowed: false, reason: 'not-connected' });
    meetings.channels[0]?.setCapabilities({
      admit: { supported: true, executor: 'client' },
      shareScreen: { supported: false, reason: 'meeting-policy' },
    });
    expect(mine.can('admit')).toEqual({ allowed: true });
    expect(mine.can('meeting.admit')).toEqual({ allowed: true });
    expect(mine.can('shareScreen')).toEqual({ allowed: false, reason: 'meeting-policy' });
    expect(mine.can('send')).toEqual({ allowed: true });
    expect(mine.can('hold')).toEqual({ allowed: false, reason: 'not-supported' });
    await client.close();
  });

  it('is held over its call and written in over its chat, whichever it came by', async () => {
    const agent = { ...ada, channels: { voice: true, meeting: false, chat: true } };
    const { task: mine, voice, chat, plane, clock, conversation, say, client } = await working({}, agent);
    await clock.advance(1_000);
    say(opened('call-1', 'voice'));
    expect(mine.can('hold')).toMatchObject({ allowed: false });
    expect(mine.can('send')).toEqual({ allowed: true });
    const call = { correlationId: 'o-1', conversationId: 'c-1', channelId: 'call-1', callIds: [] };
    plane.push({ type: 'call-expected', call: { ...call, expiresAt: clock.now() + 20_000 } });
    const line = voice.ring({ correlationId: 'o-1' });
    await clock.advance(10);
    line.call?.setCapabilities({ hold: { supported: true, executor: 'client' } });
    line.call?.setParticipants([{ id: 'cleo', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    expect(mine.can('hold')).toEqual({ allowed: true });
    expect(mine.can('send')).toEqual({ allowed: true });
    expect(mine.can('escalateToVoice')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    expect(mine.can('escalateToChat')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    expect(mine.can('escalateToMeeting')).toEqual({ allowed: false, reason: 'no-capacity' });
    expect(mine.can('escalate')).toMatchObject({ allowed: false });
    await conversation.channel('voice')?.hold();
    await conversation.channel('chat')?.send('one moment');
    expect(line.call?.asked).toEqual(['hold']);
    expect(chat.sent.map(({ text }) => text)).toEqual(['one moment']);
    say({ type: 'channel-closed', channelId: 'ch-1', reason: 'ended' });
    expect(mine.can('send')).toMatchObject({ allowed: false });
    expect(mine.can('resume').allowed || mine.can('hold').allowed).toBe(true);
    expect(mine.can('escalateToChat')).toEqual({ allowed: true });
    await client.close();
  });

  it('loses one channel when that is ended beside others, and all with the task', async () => {
    const done = async () => ({});
    const { conversation, say, plane, client, task: mine } = await working({ 'channel/end': done, 'task/end': done });
    say(opened('m-1', 'meeting'));
    await conversation.channel('meeting')?.end();
    say({ type: 'channel-closed', channelId: 'm-1', reason: 'ended' });
    await conversation.channel('chat')?.end();
    await mine.end();
    expect(plane.commands.slice(-3)).toEqual([
      { name: 'channel/end', args: { conversationId: 'c-1', channelId: 'm-1' } },
      { name: 'task/end', args: { taskId: 't-1' } },
      { name: 'task/end', args: { taskId: 't-1' } },
    ]);
    await client.close();
  });

  it('shows what is written in the meeting’s chat, each once after coming back to it', async () => {
    const { meetings, say, conversation, client } = await working();
    say(opened('m-1', 'meeting'));
    const side = memoryChat();
    const read = () =>
      [...conversation.timeline$.value].flatMap((item) =>
        item.kind === 'message' ? [[item.channelId, item.from, item.text]] : [],
      );
    const names = { meeting: '8:acs:ada' };
    const message = { kind: 'message', version: 1, seq: 1, sender: '8:acs:ada' } as const;
    const joined = meetings.channels[0]?.joinChat(side.provider, names);
    side.items.next([{ ...message, providerId: 'a', at: start + 100, text: 'hello' }]);
    joined?.leave();
    meetings.channels[0]?.joinChat(side.provider, names);
    side.items.next([
      { ...message, providerId: 'a', at: start + 100, text: 'hello' },
      { ...message, providerId: 'b', at: start + 200, text: 'again' },
    ]);
    expect(read()).toEqual([
      ['m-1/chat', 'p-ada', 'hello'],
      ['m-1/chat', 'p-ada', 'again'],
    ]);
    await client.close();
  });

  it('has nothing unread of a meeting’s chat from the moment on when this side is out of it', async () => {
    const { meetings, say, conversation, client } = await working();
    say(opened('m-1', 'meeting'));
    const side = memoryChat();
    const unread: number[] = [];
    conversation.state$.subscribe((state) => unread.push(state.unread));
    const joined = meetings.channels[0]?.joinChat(side.provider, { meeting: '8:acs:ada' });
    const message = { kind: 'message', version: 1, seq: 1, sender: 'p-cleo', text: 'hello' } as const;
    side.items.next([{ ...message, providerId: 'a', at: start + 100 }]);
    expect(conversation.state$.value.unread).toBe(1);
    joined?.leave();
    expect(conversation.state$.value.unread).toBe(0);
    expect(unread).toEqual([0, 1, 0]);
    expect([...conversation.timeline$.value].filter(({ kind }) => kind === 'message')).toHaveLength(1);
    await client.close();
  });

  it('goes on, read back, with earlier conversations of the same customer, each once', async () => {
    const earlier = (id: string, at: number): LogEntry[] => [
      {
        ...entry(1, {
          type: 'participant-joined',
          participant: { id: 'old-cleo', role: 'customer', displayName: 'Cleo', providerRefs: {} },
        }),
        at,
      },
      {
        ...entry(2, {
          type: 'message',
          channelId: `ch-${id}`,
          message: { id: 'm-1', from: 'old-cleo', text: 'first' },
        }),
        at: at + 1,
      },
      { ...entry(3, { type: 'message-deleted', channelId: `ch-${id}`, messageId: 'm-1' }), at: at + 2 },
    ];
    const pages = [
      { conversations: [{ id: 'c-b', openedAt: start - 1_000, entries: earlier('b', start - 1_000) }], more: true },
      {
        conversations: [
          { id: 'c-b', openedAt: start - 1_000, entries: earlier('b', start - 1_000) },
          { id: 'c-a', openedAt: start - 2_000, entries: earlier('a', start - 2_000) },
        ],
        more: false,
      },
    ];
    const { conversation, plane, client } = await working({
      'conversation/previous': async () => pages.shift() ?? { conversations: [], more: false },
    });
    const before = conversation.timeline$.value.length;
    expect(await conversation.loadMore({ previousConversations: true })).toEqual({ more: true });
    expect(await conversation.loadMore({ previousConversations: true })).toEqual({ more: false });
    expect(plane.commands.filter(({ name }) => name === 'conversation/previous').map(({ args }) => args)).toEqual([
      { conversationId: 'c-1', pageSize: 5 },
      { conversationId: 'c-1', pageSize: 5, before: start - 1_000 },
    ]);
    const items = [...conversation.timeline$.value];
    expect(items).toHaveLength(before + 4);
    expect(items.slice(0, 4).map(({ source, kind }) => `${source} ${kind}`)).toEqual([
      'previous/c-a participant',
      'previous/c-a message',
      'previous/c-b participant',
      'previous/c-b message',
    ]);
    expect(items[1]).toMatchObject({ fromName: 'Cleo', direction: 'in', text: '', deletedAt: new Date(start - 1_998) });
    await client.close();
  });
});

describe('one thing at a time', () => {
  it('holds the meeting before a call is answered, and does not answer when that fails', async () => {
    const { meetings, say, plane, voice, clock, client, conversation } = await working();
    await clock.advance(1_000);
    say(opened('m-1', 'meeting'), opened('call-1', 'voice'));
    await conversation.channel('meeting')?.join();
    const ring = (id: string) => {
      plane.push({ type: 'offer', offer: offer(id) });
      const call = { correlationId: id, conversationId: 'c-1', channelId: 'call-1', callIds: [] };
      plane.push({ type: 'call-expected', call: { ...call, expiresAt: clock.now() + 20_000 } });
      return voice.ring({ correlationId: id });
    };
    meetings.failHold(new Error('the meeting cannot be held'));
    const first = ring('o-1');
    await clock.advance(10);
    expect(first).toMatchObject({ accepted: 0, rejected: 1 });
    expect(conversation.channel('voice')?.state$.value.end).toMatchObject({ code: 'call/hold-failed' });
    const second = ring('o-2');
    await clock.advance(10);
    expect(second.accepted).toBe(1);
    expect(conversation.channel('meeting')?.state$.value.status).toBe('held');
    await client.close();
  });

  it('asks the meeting to make way for a call that is answered while the call before is held for the meeting', async () => {
    const { meetings, say, plane, voice, clock, client, conversation } = await working();
    await clock.advance(1_000);
    say(opened('m-1', 'meeting'), opened('call-1', 'voice'), opened('call-2', 'voice'));
    const ring = async (channelId: string) => {
      const call = { correlationId: channelId, conversationId: 'c-1', channelId, callIds: [] };
      plane.push({ type: 'call-expected', call: { ...call, expiresAt: clock.now() + 20_000 } });
      const line = voice.ring({ correlationId: channelId });
      await clock.advance(10);
      return line;
    };
    const first = await ring('call-1');
    first.call?.setParticipants([{ id: 'cleo', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    voice.slow('hold', 500);
    const joining = conversation.channel('meeting')?.join();
    await clock.advance(10);
    const before = meetings.holds;
    const second = await ring('call-2');
    await clock.advance(5_000);
    await joining;
    expect(first.call?.state$.value.status).toBe('held');
    expect(second.accepted).toBe(1);
    expect(meetings.holds).toBe(before + 1);
    await client.close();
  });

  it('holds the call before a meeting is joined, but never an emergency call', async () => {
    const { say, plane, voice, clock, client, conversation } = await working();
    await clock.advance(1_000);
    say(opened('m-1', 'meeting'), opened('call-1', 'voice'));
    const call = { correlationId: 'o-1', conversationId: 'c-1', channelId: 'call-1', callIds: [] };
    plane.push({ type: 'call-expected', call: { ...call, expiresAt: clock.now() + 20_000 } });
    const line = voice.ring({ correlationId: 'o-1' });
    await clock.advance(10);
    line.call?.setParticipants([{ id: 'cleo', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line.call?.change({ emergency: true });
    await expect(conversation.channel('meeting')?.join()).rejects.toMatchObject({
      code: 'command/not-allowed',
      reason: 'emergency-call',
    });
    expect(line.call?.asked).toEqual([]);
    line.call?.change({ emergency: false });
    await conversation.channel('meeting')?.join();
    expect(line.call?.asked).toEqual(['hold']);
    await client.close();
  });
});

describe('the focus', () => {
  it('is the same in all tabs of an agent, also in one that opens later, and goes with its conversation', async () => {
    const broadcast = createBroadcast();
    const one = await working({}, able, broadcast);
    const two = await working({}, able, broadcast);
    const heard = () => one.clock.advance(1);
    one.client.setFocus('c-1');
    await heard();
    expect(two.client.focus$.value?.id).toBe('c-1');
    const three = await working({}, able, broadcast);
    await heard();
    expect(three.client.focus$.value?.id).toBe('c-1');
    three.client.setFocus(undefined);
    await heard();
    expect([one, two, three].map(({ client }) => client.focus$.value)).toEqual([undefined, undefined, undefined]);
    two.client.setFocus('c-1');
    await heard();
    one.plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'ended' });
    expect(one.client.focus$.value).toBeUndefined();
    expect(two.client.focus$.value?.id).toBe('c-1');
    await Promise.all([one, two, three].map(({ client }) => client.close()));
  });

  it('is never on what is not open, nor on what comes back', async () => {
    const broadcast = createBroadcast();
    const one = await working({}, able, broadcast);
    const two = await working({}, able, broadcast);
    const heard = () => one.clock.advance(1);
    const leave = (tab: typeof one) =>
      tab.plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'x' });
    const comeBack = (tab: typeof one) => tab.plane.push({ type: 'conversation', conversation: record });
    one.client.setFocus('c-1');
    await heard();
    leave(one);
    comeBack(one);
    expect(one.client.focus$.value).toBeUndefined();
    // The other tab still looks at it, and says so when another one opens.
    const three = await working({}, able, broadcast);
    await heard();
    expect([one, two].map(({ client }) => client.focus$.value?.id)).toEqual([undefined, 'c-1']);
    const all = [one, two, three];
    for (const tab of all) leave(tab);
    one.client.setFocus('c-1');
    await heard();
    for (const tab of all) comeBack(tab);
    expect(all.map(({ client }) => client.focus$.value)).toEqual([undefined, undefined, undefined]);
    await Promise.all(all.map(({ client }) => client.close()));
  });

  it('that another tab names waits for a conversation that has not come here yet', async () => {
    const broadcast = createBroadcast();
    const one = await working({}, able, broadcast);
    const two = await working({}, able, broadcast);
    two.plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'x' });
    one.client.setFocus('c-1');
    await one.clock.advance(1);
    expect(two.client.focus$.value).toBeUndefined();
    two.plane.push({ type: 'conversation', conversation: record });
    expect(two.client.focus$.value?.id).toBe('c-1');
    await Promise.all([one, two].map(({ client }) => client.close()));
  });
});
