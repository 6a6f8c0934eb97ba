import {
  ContactCenterClient,
  type AgentPush,
  type Capability,
  type CallCapabilities,
  type CallbackRecord,
  type ConsultRecord,
  type LogEntry,
  type LogFact,
  type Task,
  type VoiceProvider,
} from 'onescreen';
import { scriptedVoice, seededRandom, virtualClock } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';
import { memoryChat } from './memory-chat';
import { ada, entry, scriptedControlPlane, start, task } from './scripted-control-plane';

type Answers = Parameters<typeof scriptedControlPlane>[0];

const person = (id: string, role: 'customer' | 'agent') => ({ id, role, displayName: id, providerRefs: {} });
const byControlPlane: Capability = { supported: true, executor: 'controlPlane' };

const everything: Partial<CallCapabilities> = {
  hold: byControlPlane,
  resume: byControlPlane,
  addParticipant: byControlPlane,
  addTeamsUser: byControlPlane,
  muteParticipant: byControlPlane,
  record: byControlPlane,
  transferToPhone: byControlPlane,
  transferToTeamsUser: byControlPlane,
  transferToVoicemail: { supported: false, reason: 'not-supported' },
};

const actions = [
  ...['hold', 'addParticipant', 'addTeamsUser', 'muteParticipant', 'record'],
  ...['transferToPhone', 'transferToTeamsUser', 'transferToVoicemail'],
];

interface Start {
  readonly channel?: 'voice' | 'chat';
  readonly answers?: Answers;
  readonly capabilities?: Partial<CallCapabilities>;
  readonly emergency?: boolean;
  readonly entries?: readonly LogFact[];
  readonly task?: Partial<typeof task>;
}

/** Ada at her desk, in a call or a chat with Cleo. */
async function working({
  channel = 'voice',
  answers = {},
  capabilities,
  emergency,
  entries = [],
  ...more
}: Start = {}) {
  const plane = scriptedControlPlane({ 'phone/report': async () => ({}), ...answers });
  const voice = scriptedVoice();
  const clock = virtualClock(start);
  const provider: VoiceProvider = {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['tpeAgent'],
    open: (context) => createVoice(context, { tokenKinds: ['tpeAgent'], open: voice.open }),
  };
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000, kind: 'tpeAgent' }),
    providers: [provider, memoryChat().provider],
    environment: { clock, random: seededRandom('call-control') },
  });
  const signingIn = client.signIn();
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
  await signingIn;
  await clock.advance(1_000);
  let seq = 0;
  const log = (...facts: readonly LogFact[]) => facts.map((fact): LogEntry => entry(++seq, fact));
  const opening = log(
    { type: 'conversation-opened', context: {} },
    {
      type: 'channel-opened',
      channelId: 'ch-1',
      channel,
      provider: channel === 'voice' ? 'scripted' : 'memory',
      providerRefs: {},
      actions,
    },
    { type: 'participant-joined', participant: person('p-cleo', 'customer') },
    { type: 'participant-joined', participant: person('p-ada', 'agent') },
    { type: 'task', task: { ...task, channel, ...more.task } },
    ...entries,
  );
  const record = { id: 'c-1', self: 'p-ada', entries: opening, more: false };
  plane.push({ type: 'conversation', conversation: record });
  if (channel === 'voice') {
    const call = { correlationId: 'o-1', conversationId: 'c-1', channelId: 'ch-1', callIds: [] };
    plane.push({ type: 'call-expected', call: { ...call, expiresAt: clock.now() + 20_000 } });
    const ring = voice.ring({ correlationId: 'o-1' });
    await clock.advance(10);
    if (ring.call === undefined) throw new Error('there is no call');
    const cleo = { status: 'connected', muted: false, speaking: false, providerRefs: {} } as const;
    ring.call.setParticipants([{ id: 'cleo', ...cleo }]);
    ring.call.change({ emergency: emergency === true });
    ring.call.setCapabilities({ ...everything, ...capabilities });
    await clock.advance(10);
  }
  const [mine] = client.tasks$.value;
  if (mine === undefined) throw new Error('there is no task');
  const say = (...facts: readonly LogFact[]) =>
    plane.push({ type: 'log', conversationId: 'c-1', entries: log(...facts) });
  return { plane, clock, client, task: mine, say };
}

const consult = (id: string, status: ConsultRecord['status'], extra: Partial<ConsultRecord> = {}): LogFact => ({
  type: 'consult',
  consult: {
    id,
    taskId: 't-1',
    purpose: 'consult',
    kind: 'agent',
    displayName: 'Bea',
    agentId: 'bea',
    status,
    ...extra,
  },
});

/** Names of the actions that are possible, among those that give the customer to somebody. */
const possible = (one: Task) =>
  Object.entries(one.controls$.value)
    .filter(
      ([action, can]) =>
        can.allowed && /^(transfer|consult|swap|merge|complete|cancel|park|callBack|hold)/.test(action),
    )
    .map(([action]) => action);

describe('giving a call to an agent', () => {
  const transfer = (status: ConsultRecord['status'], reason?: string) =>
    consult('k-1', status, { purpose: 'transfer', ...(reason !== undefined && { reason }) });
  const answers = { 'task/transfer': async () => ({ consultId: 'k-1' }) };

  it('resolves when they have the customer', async () => {
    const { client, task: mine, plane, say, clock } = await working({ answers });
    const states: string[] = [];
    void mine.transfer({ agent: 'bea' }, { note: 'wants a refund' }).then(() => states.push('resolved'));
    await clock.advance(0);
    expect(plane.commands.at(-1)).toEqual({
      name: 'task/transfer',
      args: { taskId: 't-1', to: { agent: 'bea' }, note: 'wants a refund' },
    });
    say(transfer('ringing'));
    await clock.advance(10_000);
    expect(mine.consults$.value.map(({ id, purpose, state$ }) => [id, purpose, state$.value.status])).toEqual([
      ['k-1', 'transfer', 'ringing'],
    ]);
    expect(states).toEqual([]);
    say(transfer('completed'), { type: 'task', task: { ...task, channel: 'voice', status: 'wrapping' } });
    await clock.advance(0);
    expect(states).toEqual(['resolved']);
    expect(mine.consults$.value).toEqual([]);
    expect(mine.status$.value).toBe('wrapping');
    expect(client.tasks$.value).toEqual([mine]);
    expect(client.conversation('c-1')).toBeDefined();
    expect(possible(mine)).toEqual([]);
    await client.close();
  });

  it.each([
    ['no-answer', true],
    ['busy', true],
    ['unavailable', true],
    ['declined', false],
    ['customer-left', false],
  ])('that comes to nothing for %s rejects with the reason, to be tried again: %s', async (reason, retryable) => {
    const { client, task: mine, say, clock } = await working({ answers });
    const answer = mine.transfer({ agent: 'bea' });
    const expectation = expect(answer).rejects.toMatchObject({
      code: 'transfer/failed',
      reason,
      retryable,
      message: `unable to transfer; ${reason}`,
    });
    say(transfer('ringing'), transfer(reason === 'customer-left' ? 'cancelled' : 'failed', reason));
    await clock.advance(0);
    await expectation;
    await client.close();
  });

  it('is asked for once however often the button is pressed', async () => {
    const { client, task: mine, plane, say, clock } = await working({ answers });
    const both = Promise.all([mine.transfer({ agent: 'bea' }), mine.transfer({ agent: 'bea' })]);
    await clock.advance(0);
    say(transfer('ringing'));
    const third = mine.transfer({ agent: 'bea' });
    say(transfer('completed'));
    await Promise.all([both, third]);
    expect(plane.commands.filter(({ name }) => name === 'task/transfer')).toHaveLength(1);
    await client.close();
  });

  it('is given 130 s and takes nothing back when the wait is given up', async () => {
    const { client, task: mine, say, clock } = await working({ answers });
    const answer = mine.transfer({ agent: 'bea' });
    const expectation = expect(answer).rejects.toMatchObject({ code: 'command/timed-out' });
    say(transfer('ringing'));
    await clock.advance(129_000);
    expect(mine.consults$.value).toHaveLength(1);
    await clock.advance(1_100);
    await expectation;
    expect(mine.consults$.value).toHaveLength(1);
    await client.close();
  });

  it('leaves nothing that waits when the client closes', async () => {
    const { client, task: mine, say, clock } = await working({ answers });
    const answer = mine.transfer({ agent: 'bea' });
    const expectation = expect(answer).rejects.toMatchObject({ code: 'command/failed' });
    await clock.advance(0);
    say(transfer('ringing'));
    await client.close();
    await expectation;
    expect(clock.pending).toBe(0);
  });
});

describe('giving work away', () => {
  it('to a queue is done at once, for a chat as well', async () => {
    const {
      client,
      task: mine,
      plane,
    } = await working({
      channel: 'chat',
      answers: { 'task/transfer': async () => ({}) },
    });
    await mine.transfer({ queue: 'returns' }, { labels: { vip: true } });
    expect(plane.commands.at(-1)?.args).toEqual({ taskId: 't-1', to: { queue: 'returns' }, labels: { vip: true } });
    await client.close();
  });

  it('from a phone of which the service itself transfers a call of two goes by the phone', async () => {
    const {
      client,
      task: mine,
      plane,
      clock,
    } = await working({
      capabilities: { transferToPhone: { supported: true, executor: 'client' } },
    });
    await mine.transfer({ phone: '+14255550123' });
    await clock.advance(10);
    expect(plane.commands.map(({ name }) => name)).not.toContain('task/transfer');
    const call = mine.conversation.channel('voice');
    expect(call?.state$.value).toMatchObject({ status: 'lost', end: { outcome: 'completed' } });
    await client.close();
  });

  it('is refused with the reason that the button shows, before anything is sent', async () => {
    const { client, task: mine, plane } = await working();
    expect(mine.can('transferToVoicemail')).toMatchObject({ allowed: false, reason: 'not-supported' });
    await expect(mine.transfer({ voicemail: 'orgid-1' })).rejects.toMatchObject({
      code: 'command/not-allowed',
      field: 'transferToVoicemail',
      reason: 'not-supported',
    });
    expect(plane.commands.filter(({ name }) => name !== 'phone/report')).toEqual([]);
    await client.close();
  });

  it('parks, and promises to call back, by the conversation', async () => {
    const {
      client,
      task: mine,
      plane,
    } = await working({
      answers: { 'task/park': async () => ({}), 'callback/schedule': async () => ({ callbackId: 'cb-1' }) },
    });
    await mine.park({ note: 'looking for the file' });
    await mine.callBack({ at: new Date(start + 60_000), phone: '+14255550123', note: 'after lunch' });
    expect(plane.commands.slice(-2)).toEqual([
      { name: 'task/park', args: { taskId: 't-1', note: 'looking for the file' } },
      {
        name: 'callback/schedule',
        args: { conversationId: 'c-1', phone: '+14255550123', at: start + 60_000, note: 'after lunch' },
      },
    ]);
    await client.close();
  });
});

describe('a consult', () => {
  const acted: string[] = [];
  const answers: Answers = {
    'consult/start': async () => ({ consultId: 'k-1' }),
    'consult/act': async ({ action }) => {
      acted.push(action);
      return {};
    },
  };

  it('resolves once it rings and is led through swap, merge and completion by its own commands', async () => {
    acted.length = 0;
    const { client, task: mine, say, clock } = await working({ answers });
    const asking = mine.consult({ agent: 'bea' });
    await clock.advance(0);
    say(consult('k-1', 'ringing'));
    const bea = await asking;
    expect(bea.state$.value).toEqual({ status: 'ringing', kind: 'agent', displayName: 'Bea' });
    expect(mine.consults$.value).toEqual([bea]);
    expect(possible(mine)).toEqual(['cancelConsult']);
    await expect(bea.swap()).rejects.toMatchObject({ code: 'command/not-allowed', reason: 'wrong-state' });
    say(consult('k-1', 'consulting', { participantId: 'p-bea' }));
    expect(mine.consults$.value[0]).toBe(bea);
    expect(possible(mine)).toEqual(['swap', 'merge', 'complete', 'cancelConsult']);
    await Promise.all([bea.swap(), bea.swap()]);
    say(consult('k-1', 'swapped', { participantId: 'p-bea' }));
    await bea.swap();
    await bea.merge();
    say(consult('k-1', 'merged', { participantId: 'p-bea' }));
    expect(bea.state$.value).toMatchObject({ status: 'merged', participantId: 'p-bea' });
    await bea.merge();
    expect(possible(mine)).toEqual(expect.arrayContaining(['consultAgent', 'complete', 'cancelConsult', 'hold']));
    expect(mine.can('swap')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    await bea.complete();
    say(consult('k-1', 'completed', { participantId: 'p-bea' }));
    await bea.complete();
    await expect(bea.cancel()).rejects.toMatchObject({ code: 'command/not-allowed' });
    expect(acted).toEqual(['swap', 'swap', 'merge', 'complete']);
    expect(mine.consults$.value).toEqual([]);
    await client.close();
  });

  it('with nobody to be rung rejects with the reason', async () => {
    const { client, task: mine, say, clock } = await working({ answers });
    const expectation = expect(mine.consult({ agent: 'bea' }, { merge: true })).rejects.toMatchObject({
      code: 'consult/failed',
      reason: 'unavailable',
      retryable: true,
    });
    say(consult('k-1', 'ringing'), consult('k-1', 'failed', { reason: 'unavailable' }));
    await clock.advance(0);
    await expectation;
    expect(mine.consults$.value).toEqual([]);
    await client.close();
  });

  it('of one agent leaves the other, who was asked, nothing but to mute and to leave until the customer is theirs', async () => {
    const asked = { id: 't-2', purpose: 'consult', from: { agentId: 'bea', displayName: 'Bea', note: 'VIP' } } as const;
    const about = { taskId: 't-1', agentId: 'ada', displayName: 'Ada' };
    const {
      client,
      task: mine,
      say,
    } = await working({
      task: asked,
      entries: [
        { type: 'task', task: { ...task, channel: 'voice', agentId: 'bea' } },
        consult('k-1', 'ringing', about),
        consult('k-1', 'consulting', about),
      ],
    });
    expect(client.tasks$.value).toEqual([mine]);
    expect(mine).toMatchObject({ id: 't-2', purpose: 'consult', from: { displayName: 'Bea', note: 'VIP' } });
    expect(mine.consults$.value).toEqual([]);
    const allowed = () =>
      Object.entries(mine.controls$.value).flatMap(([action, can]) => (can.allowed ? [action] : []));
    expect(allowed()).toEqual(['end', 'mute', 'unmute', 'hangUp']);
    expect(mine.can('consultAgent')).toMatchObject({ allowed: false, reason: 'no-permission' });
    say(consult('k-1', 'merged', about));
    expect(allowed()).toEqual(['end', 'mute', 'unmute', 'hangUp']);
    say(consult('k-1', 'completed', about));
    expect(allowed()).toEqual(expect.arrayContaining(['transfer', 'consult', 'hold', 'park']));
    await client.close();
  });

  it('that came to nothing does not keep the one who was asked from a customer who is transferred to them since', async () => {
    const about = { taskId: 't-1', agentId: 'ada', displayName: 'Ada' };
    const { client, task: mine } = await working({
      task: { id: 't-2', purpose: 'transfer', from: { agentId: 'bea', displayName: 'Bea' } },
      entries: [consult('k-1', 'ringing', about), consult('k-1', 'cancelled', { ...about, reason: 'cancelled' })],
    });
    expect(possible(mine)).toEqual(expect.arrayContaining(['transfer', 'consult', 'park', 'callBack', 'hold']));
    await client.close();
  });

  it('does not keep the one who is asked from wrapping up what they had before', async () => {
    const about = { taskId: 't-3', agentId: 'ada', displayName: 'Ada' };
    const { client, task: mine } = await working({
      task: { id: 't-2', purpose: 'transfer', status: 'wrapping' },
      entries: [consult('k-1', 'ringing', about)],
    });
    mine.wrapUp.save({ disposition: 'sold' });
    expect(mine.can('wrapUp')).toEqual({ allowed: true });
    await client.close();
  });
});

describe('the controls of a call', () => {
  it('allow what the control plane can do', async () => {
    const { client, task: mine } = await working();
    expect(possible(mine)).toEqual([
      ...['transfer', 'transferToAgent', 'transferToQueue', 'transferToPhone', 'transferToTeamsUser'],
      ...['consult', 'consultAgent', 'consultPhone', 'consultTeamsUser'],
      ...['park', 'callBack', 'hold'],
    ]);
    expect(mine.can('muteParticipant')).toEqual({ allowed: true });
    expect(mine.can('record')).toEqual({ allowed: true });
    expect(mine.can('somethingElse')).toEqual({ allowed: false, reason: 'not-supported' });
    await client.close();
  });

  it('allow a promise to call back in wrap-up only once nobody else is in touch with the customer', async () => {
    const { client, task: mine, say } = await working({ task: { status: 'wrapping' } });
    const why = 'somebody else is in touch with the customer';
    expect(mine.can('callBack')).toEqual({ allowed: false, reason: 'no-permission', detail: why });
    say({ type: 'channel-closed', channelId: 'ch-1', reason: 'customer-left' });
    expect(mine.can('callBack')).toEqual({ allowed: true });
    await client.close();
  });

  it('allow nothing that gives an emergency call away', async () => {
    const { client, task: mine } = await working({ emergency: true });
    for (const action of ['transferToQueue', 'consultAgent', 'park', 'callBack', 'requeue', 'transfer', 'consult'])
      expect([action, mine.can(action)]).toEqual([action, { allowed: false, reason: 'emergency-call' }]);
    await client.close();
  });

  it('tell what a consult misses where only the phone can hold', async () => {
    const byClient: Capability = { supported: true, executor: 'client' };
    const { client, task: mine } = await working({ capabilities: { hold: byClient, resume: byClient } });
    expect(mine.can('consult')).toEqual({ allowed: false, reason: 'needs-control-plane' });
    expect(mine.can('transferToQueue')).toEqual({ allowed: true });
    await client.close();
  });

  it('leave the customer to be held while somebody who joins all of them rings', async () => {
    const { client, task: mine, say } = await working();
    say(consult('k-1', 'ringing', { purpose: 'conference' }));
    expect(possible(mine)).toEqual(['cancelConsult', 'hold']);
    await client.close();
  });

  it('let nothing be done about a call that is on its way to somebody outside, but to end it', async () => {
    const { client, task: mine, say, plane } = await working();
    say(consult('k-1', 'ringing', { purpose: 'transfer', kind: 'phone', displayName: '+14255550123' }));
    expect(possible(mine)).toEqual([]);
    const denied = { allowed: false, reason: 'wrong-state', detail: 'the call is being transferred' };
    expect(mine.can('cancelConsult')).toEqual({ ...denied, detail: 'it rings elsewhere already' });
    for (const action of ['hold', 'record', 'muteParticipant', 'addParticipant'])
      expect([action, mine.can(action)]).toEqual([action, denied]);
    expect([mine.can('end').allowed, mine.can('mute').allowed]).toEqual([true, true]);
    const [ringing] = mine.consults$.value;
    await expect(ringing?.cancel()).rejects.toMatchObject({ code: 'command/not-allowed', reason: 'wrong-state' });
    expect(plane.commands.map(({ name }) => name)).not.toContain('consult/act');
    say(consult('k-1', 'failed', { purpose: 'transfer', kind: 'phone', reason: 'busy' }));
    expect(mine.can('hold')).toEqual({ allowed: true });
    await client.close();
  });

  it('allow a consult of a customer who is on hold, and nothing while the link is down', async () => {
    const { client, task: mine, plane, say } = await working();
    say({ type: 'channel-changed', channelId: 'ch-1', change: 'held' });
    expect(mine.can('consultAgent')).toEqual({ allowed: true });
    plane.link({ status: 'offline' });
    expect(possible(mine)).toEqual([]);
    expect(mine.can('transfer')).toEqual({ allowed: false, reason: 'not-connected' });
    await client.close();
  });

  it('of a chat allow a transfer to an agent or a queue and no consult', async () => {
    const { client, task: mine } = await working({ channel: 'chat' });
    expect(possible(mine)).toEqual(['transfer', 'transferToAgent', 'transferToQueue']);
    for (const action of ['consult', 'consultAgent', 'swap', 'park', 'callBack', 'transferToPhone'])
      expect([action, mine.can(action)]).toEqual([action, { allowed: false, reason: 'not-supported' }]);
    await client.close();
  });
});

describe('what waits for any agent', () => {
  const parked = {
    ...{ taskId: 't-9', conversationId: 'c-9', queueId: 'sales', customer: 'Cleo', by: 'Bea' },
    ...{ parkedAt: start, returnsAt: start + 180_000 },
  };
  const callback: CallbackRecord = {
    ...{ id: 'cb-1', conversationId: 'c-9', queueId: 'sales', phone: '+14255550123', customer: 'Cleo' },
    ...{ dueAt: start + 60_000, requestedAt: start },
    status: 'scheduled',
  };
  const taken = {
    taskId: 't-9',
    conversation: {
      ...{ id: 'c-9', self: 'p-ada', more: false },
      entries: [entry(1, { type: 'task', task: { ...task, id: 't-9', conversationId: 'c-9', channel: 'voice' } })],
    },
  };

  it('comes by pushes and snapshots, and is gone with a snapshot that has none', async () => {
    const { client, plane } = await working();
    plane.push({ type: 'parked', parked: [parked] });
    plane.push({ type: 'callbacks', callbacks: [callback] });
    expect(client.parked$.value).toEqual([parked]);
    expect(client.callbacks$.value).toEqual([callback]);
    const snapshot = { type: 'snapshot', agent: ada, offers: [], conversations: [] } as const;
    plane.push(snapshot);
    expect([client.parked$.value, client.callbacks$.value]).toEqual([[], []]);
    plane.push({ ...snapshot, parked: [parked], callbacks: [callback] } satisfies AgentPush);
    expect([client.parked$.value, client.callbacks$.value]).toEqual([[parked], [callback]]);
    await client.close();
  });

  it('is taken once, and is a task in hand when the command resolves', async () => {
    const { client, plane } = await working({
      answers: {
        'parked/take': async () => taken,
        'callback/take': async () => taken,
        'callback/cancel': async () => ({}),
      },
    });
    const [first, again] = await Promise.all([client.takeParked('t-9'), client.takeParked('t-9')]);
    expect(first).toBe(again);
    expect(client.tasks$.value).toContain(first);
    expect(await client.takeCallback('cb-1')).toBe(first);
    await client.cancelCallback('cb-2');
    expect(plane.commands.slice(-3)).toEqual([
      { name: 'parked/take', args: { taskId: 't-9' } },
      { name: 'callback/take', args: { callbackId: 'cb-1' } },
      { name: 'callback/cancel', args: { callbackId: 'cb-2' } },
    ]);
    await client.close();
  });

  it('and whom work can be given to is asked for only when somebody is signed in', async () => {
    const entries = [{ kind: 'contact', displayName: 'Billing', target: { phone: '+14255550123' } }] as const;
    const { client, plane } = await working({ answers: { 'directory/search': async () => ({ entries }) } });
    expect(await client.directory.search('bill', { limit: 5 })).toEqual(entries);
    expect(plane.commands.at(-1)).toEqual({ name: 'directory/search', args: { text: 'bill', limit: 5 } });
    await client.close();
    await expect(client.directory.search()).rejects.toMatchObject({ code: 'session/signed-out' });
    await expect(client.takeParked('t-9')).rejects.toMatchObject({ code: 'session/signed-out' });
  });
});
