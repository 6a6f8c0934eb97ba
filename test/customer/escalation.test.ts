import type { MessageItem, Timeline, VoiceProvider } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { createServer, type MeetingHost } from 'onescreen/server';
import { inProcessFetch, inProcessSocket, scriptedVoice, seededRandom, virtualClock } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';
import type { AgentPush } from '../../src/protocol/agent-frames';
import type { LogEntry } from '../../src/protocol/log-entry';
import { scriptedCalls } from '../server/scripted-calls';
import { invitationTo } from './invitations-world';
import { scriptedMeetings } from './scripted-meetings';

const account = '6f1c8a52-3d0e-4f57-9b1e-2a7d5c40e911';
const hour = 3_600_000;
const link = 'https://teams.example/meet/1';

const texts = (timeline: Timeline) =>
  [...timeline].filter((item): item is MessageItem => item.kind === 'message').map(({ text }) => text);

/** A control plane that carries chats, calls and meetings, one agent at it by frames, and pages of one customer. */
function world() {
  const clock = virtualClock();
  const random = seededRandom('escalations');
  const token = async (refs: Readonly<Record<string, string>>) => ({
    ...{ token: Object.values(refs).join(' '), expiresOn: clock.now() + hour, kind: 'acsUser' },
  });
  const calls = scriptedCalls({
    open: async () => ({ providerRefs: { resourceAccount: account }, customerRefs: { acs: '8:acs:cleo' } }),
    token,
  });
  const meetingHost: MeetingHost = {
    ...{ name: 'scripted', channel: 'meeting', inLog: false, token },
    open: async () => ({ providerRefs: { joinLink: link }, customerRefs: { meeting: '8:acs:cleo-meeting' } }),
    join: async () => ({ meeting: '8:acs:ada-meeting' }),
    leave: async () => {},
    close: async () => {},
  };
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'], capacity: 5 }),
    queues: [{ id: 'support' }],
    calls: [calls.host],
    meetings: [meetingHost],
    clock,
    random: random.fork('server'),
  });
  let pages = 0;

  function page() {
    const voice = scriptedVoice();
    const meetings = scriptedMeetings();
    const phone: VoiceProvider = {
      ...{ channel: 'voice', name: 'scripted', tokenKinds: ['acsUser'] },
      open(context) {
        context.tokens.get('calling').catch(() => {});
        return createVoice(context, { tokenKinds: ['acsUser'], open: voice.open });
      },
    };
    const client = new CustomerClient({
      server: 'https://cc.contoso.example',
      providers: [serverChat(), phone, meetings.provider],
      environment: { clock, random: random.fork(`page ${++pages}`), socket: inProcessSocket(server, clock) },
      fetch: inProcessFetch(server),
      storage: null,
    });
    return { client, voice, meetings };
  }

  /** The agent, who takes whatever comes. */
  async function desk() {
    const offers: { readonly id: string; readonly taskId: string; readonly conversationId: string }[] = [];
    const entries: LogEntry[] = [];
    const answers: unknown[] = [];
    const connection = await server.connect({
      door: 'agents',
      credentials: { token: 'ada' },
      send(frame) {
        const push = frame as AgentPush | { readonly type: 'answer'; readonly ok: boolean; readonly error?: unknown };
        if (push.type === 'offer') {
          const { id, task } = push.offer;
          offers.push({ id, taskId: task.id, conversationId: task.conversationId });
        }
        if (push.type === 'log') entries.push(...push.entries);
        if (push.type === 'answer' && !push.ok) answers.push(push.error);
      },
    });
    let sent = 0;
    const send = async (name: string, args: unknown) => {
      connection.receive({ type: 'command', id: `command-${++sent}`, name, args });
      await clock.advance(0);
      expect(answers).toEqual([]);
    };
    await send('phone/report', { ready: true, reasons: [] });
    await send('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    const [offer] = offers;
    await send('offer/accept', { offerId: offer?.id });
    const { taskId = '', conversationId = '' } = offer ?? {};
    return {
      entries,
      escalate: (to: string, more = {}) => send('task/escalate', { taskId, to, ...more }),
      withdraw: (invitationId: string) => send('invitation/withdraw', { conversationId, invitationId }),
      endChannel: (channelId: string) => send('channel/end', { conversationId, channelId }),
      invitation: () => entries.filter((entry) => entry.type === 'invitation').at(-1)?.invitation,
      /** Kinds of channels that the task holds now. */
      channels: () => entries.filter((entry) => entry.type === 'task').at(-1)?.task.channels,
    };
  }

  /** What a command comes to, once everything that can happen has. */
  async function after<T>(doing: Promise<T>): Promise<T> {
    doing.catch(() => {});
    await clock.advance(0);
    return doing;
  }
  return { clock, calls, server, page, desk, after };
}

/** A page in a chat with the agent. */
async function chatting(given = world()) {
  const one = given.page();
  const chat = await one.client.start({ displayName: 'Cleo', text: 'hello' });
  await given.clock.advance(0);
  const agent = await given.desk();
  return { ...given, ...one, chat, agent };
}

type Chatting = Awaited<ReturnType<typeof chatting>>;

/** The agent’s escalation has become a call that the customer is in. */
async function inCall(given: Chatting) {
  await given.agent.escalate('voice');
  const call = await given.after(invitationTo(given.chat, 'voice').accept());
  const line = given.voice.calls.at(-1);
  line?.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
  line?.change({ status: 'connected' });
  await given.calls.events.arrived({
    channelId: line?.options?.correlationId ?? '',
    providerRefs: { serverCallId: 'call-1' },
    customerRefs: { acs: '8:acs:cleo' },
    context: {},
  });
  await given.clock.advance(0);
  given.calls.ring.answer();
  await given.clock.advance(0);
  return call;
}

describe('a customer whom the agent takes into other channels', () => {
  it('calls from the page, and hangs up while the chat and the agent’s task go on', async () => {
    const given = await chatting();
    const { chat, voice, agent, after, client, clock, server } = given;
    const call = await inCall(given);
    expect(call.state$.value).toMatchObject({ phase: 'active', agents: ['Ada'], call: 'connected' });
    expect(agent.channels()).toEqual(['chat', 'voice']);
    await after(call.hangUp());
    expect(call.state$.value).toMatchObject({ phase: 'active', call: 'closed', closedBecause: 'customer-left' });
    expect([voice.openNow, chat.state$.value.phase]).toEqual([0, 'active']);
    expect(chat.invitations$.value).toEqual([]);
    expect((await after(chat.send('still here'))).state).toBe('sent');
    expect(texts(chat.timeline$.value)).toEqual(['hello', 'still here']);
    await client.close();
    await server.close();
    expect(clock.pending).toBe(0);
  });

  it('goes from the call on into a meeting, with the call on hold, and comes back to it', async () => {
    const given = await chatting();
    const { chat, voice, meetings, agent, after, client } = given;
    const call = await inCall(given);
    await agent.escalate('meeting');
    const meeting = await after(invitationTo(chat, 'meeting').accept({ muted: true }));
    expect(meetings.asked).toEqual([`join ${link}`]);
    expect([meeting.state$.value.status, call.state$.value.call]).toEqual(['connected', 'held']);
    expect(agent.entries.at(-1)).toMatchObject({ type: 'channel-changed', change: 'joined' });
    await after(meeting.leave());
    expect(meeting.state$.value).toMatchObject({ status: 'closed', closedBecause: 'customer-left' });
    expect([call.state$.value.call, voice.callsUp, chat.state$.value.phase]).toEqual(['connected', 1, 'active']);
    expect(call.timeline$.value).toBe(chat.timeline$.value);
    await client.close();
  });

  it('finds the chat closed once they are in the meeting that takes its place', async () => {
    const { chat, agent, after, client } = await chatting();
    await agent.escalate('meeting', { close: true });
    expect(chat.state$.value.closedBecause).toBeUndefined();
    const meeting = await after(invitationTo(chat, 'meeting').accept());
    expect(chat.state$.value).toMatchObject({ phase: 'active', closedBecause: 'escalated' });
    expect(meeting.state$.value.status).toBe('connected');
    await after(meeting.leave());
    expect(chat.state$.value.phase).toBe('ended');
    await client.close();
  });

  it('declines, lets it expire, or has it taken back, and nothing but the chat is left', async () => {
    const { chat, agent, after, clock, voice, client } = await chatting();
    await agent.escalate('voice');
    await after(invitationTo(chat, 'voice').decline());
    expect(agent.invitation()?.status).toBe('declined');
    await agent.escalate('voice');
    expect(chat.invitations$.value).toHaveLength(1);
    await clock.advance(120_000);
    expect([agent.invitation()?.status, chat.invitations$.value]).toEqual(['expired', []]);
    await agent.escalate('meeting');
    await agent.withdraw(agent.invitation()?.id ?? '');
    expect(chat.invitations$.value).toEqual([]);
    expect(agent.channels() ?? ['chat']).toEqual(['chat']);
    expect([voice.opened, chat.state$.value.phase]).toEqual([0, 'active']);
    await client.close();
  });

  it('is told when the agent ends the call alone', async () => {
    const given = await chatting();
    const call = await inCall(given);
    await given.agent.endChannel(given.agent.invitation()?.channelId ?? '');
    expect(call.state$.value).toMatchObject({ phase: 'active', call: 'closed', closedBecause: 'agent-ended' });
    expect([given.voice.openNow, given.chat.state$.value.phase]).toEqual([0, 'active']);
    await given.client.close();
  });

  it('calls first, is given a chat beside it, and goes on in that when the call has ended', async () => {
    const given = world();
    const { client, voice } = given.page();
    const call = await client.call({ displayName: 'Cleo' });
    const [line] = voice.calls;
    line?.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line?.change({ status: 'connected' });
    await given.calls.events.arrived({
      channelId: line?.options?.correlationId ?? '',
      providerRefs: { serverCallId: 'call-1' },
      customerRefs: { acs: '8:acs:cleo' },
      context: {},
    });
    const arriving = given.desk();
    await given.clock.advance(0);
    const agent = await arriving;
    given.calls.ring.answer();
    await given.clock.advance(0);
    await agent.escalate('chat');
    const chat = await given.after(invitationTo(call, 'chat').accept());
    await given.after(chat.send('the number is 42'));
    expect(texts(call.timeline$.value)).toEqual(['the number is 42']);
    await given.after(call.hangUp());
    expect(call.state$.value).toMatchObject({ phase: 'active', closedBecause: 'customer-left' });
    expect((await given.after(chat.send('still here'))).state).toBe('sent');
    await given.after(chat.end());
    expect(chat.state$.value.phase).toBe('ended');
    await client.close();
  });

  it('may answer on one of two pages, and the other one is left alone', async () => {
    const given = await chatting();
    const other = given.page();
    const same = await other.client.resume(given.chat.resumeToken);
    await inCall(given);
    expect(same?.invitations$.value).toEqual([]);
    expect([given.voice.callsUp, other.voice.opened]).toEqual([1, 0]);
    await Promise.all([given.client.close(), other.client.close()]);
  });

  it('finds the meeting again after a reload of the page', async () => {
    const given = await chatting();
    await given.agent.escalate('meeting');
    await given.after(invitationTo(given.chat, 'meeting').accept());
    await given.client.close();
    const reloaded = given.page();
    const chat = await reloaded.client.resume(given.chat.resumeToken);
    await given.clock.advance(0);
    expect(texts(chat!.timeline$.value)).toEqual(['hello']);
    expect(invitationTo(chat!, 'meeting').status).toBe('accepted');
    const meeting = await given.after(invitationTo(chat!, 'meeting').accept());
    expect(meeting.state$.value.status).toBe('connected');
    await reloaded.client.close();
  });
});
