import fc from 'fast-check';
import { memoryStore, type CallHost, type ConversationStore, type MeetingHost } from 'onescreen/server';
import { expect, test } from 'vitest';
import type { LogEntry, TaskRecord } from '../../../src/protocol/log-entry';
import { agent, contactCenter, type Desk, type Page } from '../contact-center';
import { begin, deskWithPhone, scriptedCalls } from '../scripted-calls';
import { phone } from './several-channels';

const kinds = [
  ...['escalate', 'escalate', 'escalate', 'accept', 'accept', 'decline', 'withdraw', 'invite', 'arrive', 'arrive'],
  ...['answer', 'answer', 'answer', 'no-answer', 'set-up', 'pick-up', 'hang-up', 'agent-lost', 'rejoin', 'take-offer'],
  ...['take-offer', 'transfer', 'requeue', 'park', 'take-parked', 'consult', 'act', 'end-channel', 'leave-channel'],
  ...['in-meeting', 'meeting-over', 'drop', 'come-back', 'sign-out', 'available', 'end', 'wrap-up', 'chat-end'],
  ...['hosts', 'hosts', 'store', 'wait', 'wait', 'wait-long'],
  ...['go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on', 'go-on'],
] as const;

const step = fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(1), pick: fc.nat(5) });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** How hosts and the store do what they are told. */
type Mood = 'quick' | 'slow' | 'fails' | 'hangs';

class Stage {
  readonly faults: string[] = [];
  readonly #memory = memoryStore();
  /** Steps of hosts and of the store that are under way. */
  underWay = 0;
  mood: Mood = 'quick';
  isStoreSlow = false;
  /** Calls of the customer's page that were taken, by channel. */
  readonly arrived = new Map<string, string>();
  /** Display names of agents who are in the call. */
  readonly inCall = new Set<string>();
  readonly calls = scriptedCalls(this.#callSteps());
  readonly #meetings: MeetingHost = {
    name: 'teams',
    channel: 'meeting',
    inLog: false,
    open: async ({ channelId }) => {
      await this.#step();
      return { providerRefs: { joinLink: `https://meet/${channelId}` }, customerRefs: { meeting: 'm-cleo' } };
    },
    join: async (_, { displayName }) => {
      await this.#step();
      return { meeting: `m-${displayName}` };
    },
    leave: () => this.#step(),
    close: () => this.#step(),
  };
  readonly #store: ConversationStore = {
    ...this.#memory,
    append: async (id, entries) => {
      if (this.isStoreSlow) await this.#wait(300);
      return this.#memory.append(id, entries);
    },
  };
  readonly center = contactCenter(
    {
      calls: [this.calls.host],
      meetings: [this.#meetings],
      queues: [{ id: 'support', wrapUp: { required: false, dispositions: [], limitMs: 30_000 } }, { id: 'sales' }],
      store: this.#store,
      logger: {
        debug() {},
        info() {},
        warn: (event, fields) => this.#logged(event, fields),
        error: (event, fields) => {
          this.#logged(event, fields);
          this.faults.push(`${event} ${JSON.stringify(fields)}`);
        },
      },
    },
    ['ann', 'ben'].map((id) => agent(id, { capacity: 3, queues: ['support', 'sales'] })),
  );
  readonly desks = new Map<string, Desk>();
  readonly #dropped = new Set<Desk>();
  readonly #answers: { readonly desk: Desk; readonly command: ReturnType<typeof begin> }[] = [];
  page!: Page;

  async open(): Promise<void> {
    this.desks.set('ann', await deskWithPhone(this.center, 'ann'));
    const started = await this.center.start('Cleo', { context: { phone } });
    this.page = await this.center.customer(started);
    await this.desk('ann').do('offer/accept', { offerId: this.desk('ann').offer.id });
    this.desks.set('ben', await deskWithPhone(this.center, 'ben'));
  }

  get id(): string {
    return this.page.started.conversationId;
  }

  desk(id: string): Desk {
    const desk = this.desks.get(id);
    if (desk === undefined) throw new Error(`${id} has no desk`);
    return desk;
  }

  readonly log = async (): Promise<readonly LogEntry[]> => this.#memory.read(this.id);

  /** Nothing is under way, as far as can be told from outside. */
  get isCalm(): boolean {
    return (
      this.underWay === 0 &&
      this.#answers.every(({ desk, command }) => !this.isThere(desk) || command.answer !== undefined)
    );
  }

  isThere(desk: Desk): boolean {
    return !this.#dropped.has(desk) && desk.of('signed-out').length === 0;
  }

  ask(desk: Desk, command: string, args: unknown): void {
    if (!this.isThere(desk)) return;
    this.#answers.push({ desk, command: begin(desk, command, args, `s${this.#answers.length}`) });
  }

  drop(desk: Desk): void {
    if (this.isThere(desk)) desk.drop();
    this.#dropped.add(desk);
  }

  #logged(event: string, fields: object): void {
    const said = `${event} ${JSON.stringify(fields)}`;
    if (/https:|\+49/.test(said)) this.faults.push(`secret in log: ${said}`);
  }

  async #step(): Promise<void> {
    const { mood } = this;
    if (mood === 'quick') return;
    if (mood === 'fails') throw new Error('scripted');
    await this.#wait(mood === 'slow' ? 2_000 : 15_000);
  }

  async #wait(ms: number): Promise<void> {
    this.underWay += 1;
    await new Promise<void>((resolve) => this.center.clock.schedule(ms, resolve));
    this.underWay -= 1;
  }

  #callSteps(): Partial<CallHost> {
    const { host } = scriptedCalls();
    return {
      open: async (request) => {
        await this.#step();
        return host.open(request);
      },
      leave: async (_, { displayName }) => {
        this.inCall.delete(displayName);
        await this.#step();
      },
      close: async () => {
        this.inCall.clear();
        await this.#step();
      },
    };
  }
}

/** What the log comes to. */
function read(log: readonly LogEntry[]) {
  const open = new Map<string, string>();
  const opened = new Set<string>();
  const invitations = new Map<string, Extract<LogEntry, { type: 'invitation' }>['invitation']>();
  const tasks = new Map<string, TaskRecord>();
  const consults = new Map<string, Extract<LogEntry, { type: 'consult' }>['consult']>();
  for (const entry of log) {
    if (entry.type === 'channel-opened') {
      expect(opened.has(entry.channelId)).toBe(false);
      opened.add(entry.channelId);
      open.set(entry.channelId, entry.channel);
    }
    if (entry.type === 'channel-closed') expect(open.delete(entry.channelId)).toBe(true);
    if (entry.type === 'invitation') invitations.set(entry.invitation.id, entry.invitation);
    if (entry.type === 'task') tasks.set(entry.task.id, entry.task);
    if (entry.type === 'consult') consults.set(entry.consult.id, entry.consult);
  }
  return { open, opened, invitations: [...invitations.values()], tasks: [...tasks.values()], consults };
}

const queued = (log: readonly LogEntry[]) =>
  log.filter((entry) => entry.type === 'task' && entry.task.status === 'queued' && entry.again !== true).length;

const channelsOf = ({ channel, channels = [channel] }: TaskRecord) => channels;

/** What holds at any moment. */
async function always(stage: Stage) {
  expect(stage.faults).toEqual([]);
  const log = await stage.log();
  const { invitations, open, opened } = read(log);
  const accepted = new Set(invitations.filter(({ status }) => status === 'accepted').map(({ channelId }) => channelId));
  const first = stage.page.started.channel.channelId;
  const told = JSON.stringify(stage.page.received);
  for (const id of opened) {
    if (id === first || accepted.has(id)) continue;
    expect(told).not.toContain(`https://meet/${id}`);
    expect(stage.page.entries(stage.id).some((one) => one.type === 'channel-opened' && one.channelId === id)).toBe(
      false,
    );
  }
  for (const { status, channelId } of invitations) if (status === 'open') expect(open.has(channelId)).toBe(true);
}

/** What holds when nothing is under way. */
async function whenCalm(stage: Stage) {
  const log = await stage.log();
  const { open, tasks, invitations } = read(log);
  const live = tasks.filter(({ status }) => status === 'queued' || status === 'offered' || status === 'assigned');
  if (open.size > 0) expect(live.length, 'somebody has it, or it waits').toBeGreaterThan(0);
  else expect(live, 'nothing is left').toEqual([]);
  for (const task of live) {
    if (task.purpose !== undefined && task.purpose !== 'transfer') continue;
    expect([...channelsOf(task)].sort(), `${task.status} ${task.purpose}`).toEqual([...open.values()].sort());
  }
  for (const [name, desk] of stage.desks) {
    if (!stage.isThere(desk)) continue;
    const holds = tasks.filter(
      ({ agentId, status }) => agentId === name && status !== 'queued' && status !== 'closed' && status !== 'cancelled',
    );
    const used = holds.reduce((sum, task) => sum + channelsOf(task).length, 0);
    const told = desk.record.load.used;
    expect({ told, used }).toEqual({ told: used, used });
    expect(used).toBeLessThanOrEqual(3);
  }
  const shown = new Map(
    stage.page
      .of('log')
      .flatMap(({ entries }) => entries)
      .flatMap((one) => (one.type === 'invitation' ? [[one.invitation.id, one.invitation.status] as const] : [])),
  );
  for (const { id, status } of invitations) expect(shown.get(id)).toBe(status);
}

function isRinging({ rings, asked }: ReturnType<typeof scriptedCalls>): boolean {
  return rings.at(-1)?.signal.aborted === false && !asked.includes(`answered ${rings.length}`);
}

/** What those who get on with it would do now. */
async function nextFor({ log, calls, desks }: Stage): Promise<Step['kind']> {
  const { open, invitations } = read(await log());
  const last = invitations.at(-1);
  if (isRinging(calls)) return 'answer';
  if ([...desks.values()].some((desk) => desk.of('offer').length > desk.of('offer-ended').length)) return 'take-offer';
  if (last?.status === 'open')
    return last.by === 'link' ? 'accept' : calls.asked.at(-1) === 'dial' ? 'set-up' : 'pick-up';
  if (last?.status !== 'accepted' || !open.has(last.channelId)) return 'escalate';
  return last.channel === 'voice' ? 'arrive' : 'in-meeting';
}

async function play(steps: readonly Step[]) {
  const stage = new Stage();
  await stage.open();
  const { center, calls, page } = stage;
  const { arrived } = stage;
  const answering = async (ring: (typeof calls.rings)[number] | undefined) => {
    if (ring === undefined || ring.signal.aborted) return;
    calls.asked.push(`answered ${calls.rings.length}`);
    stage.inCall.add(ring.agentName);
    ring.answer({ acs: `8:acs:${ring.agentName}` });
    await center.settle();
  };
  let pages = 0;
  for (const { kind: wanted, who, pick } of steps) {
    const kind = wanted === 'go-on' ? await nextFor(stage) : wanted;
    const name = who === 0 ? 'ann' : 'ben';
    const other = who === 0 ? 'ben' : 'ann';
    const desk = stage.desk(name);
    const conversationId = stage.id;
    const { open, tasks, invitations, consults } = read(await stage.log());
    const task = [...tasks].reverse().find(({ agentId, status }) => agentId === name && status === 'assigned');
    const taskId = task?.id ?? tasks.at(-1)?.id ?? '';
    const ids = [...open.keys()];
    const channelId = ids[pick % Math.max(1, ids.length)] ?? 'none';
    const callId = [...open].find(([, one]) => one === 'voice')?.[0] ?? 'none';
    const meetingId = [...open].find(([, one]) => one === 'meeting')?.[0] ?? 'none';
    const invitationId = invitations.at(-1)?.id ?? 'none';
    const ask = (command: string, args: unknown) => stage.ask(desk, command, args);
    const say = (command: string, args: unknown) =>
      page.frame({ type: 'command', id: `p${++pages}`, name: command, args });
    switch (kind) {
      case 'escalate': {
        const to = (['voice', 'meeting', 'chat', 'voice', 'meeting', 'voice'] as const)[pick];
        const invite = to === 'voice' ? (who === 1 || pick === 5 ? 'call' : 'link') : pick === 4 ? 'none' : 'link';
        ask('task/escalate', { taskId, to, invite, close: pick === 3 });
        break;
      }
      case 'accept':
        say('invitation/answer', { invitationId, accept: true });
        if (pick > 3) say('invitation/answer', { invitationId, accept: true });
        break;
      case 'decline':
        say('invitation/answer', { invitationId, accept: false });
        break;
      case 'withdraw':
        ask('invitation/withdraw', { conversationId, invitationId });
        break;
      case 'invite':
        ask('channel/invite', { conversationId, channelId });
        break;
      case 'arrive': {
        const waiting = async () => queued(await stage.log());
        const before = await waiting();
        const isCalm = stage.isCalm && stage.mood === 'quick';
        for (const call of pick > 2 ? [`c${pick}`, `d${pick}`] : [`c${pick}`]) {
          const found = { providerRefs: { call }, customerRefs: { acs: '8:acs:cleo' }, context: {} };
          void calls.events.arrived({ ...found, channelId: callId }).then((taken) => {
            if (taken === undefined) return;
            if (arrived.has(callId) && arrived.get(callId) !== call) stage.faults.push('two calls were taken for one');
            arrived.set(callId, call);
          });
        }
        await center.settle();
        if (isCalm) expect(await waiting(), 'its own agent is rung').toBe(before);
        break;
      }
      case 'answer':
        await answering(calls.rings.at(-1));
        break;
      case 'no-answer':
        calls.asked.push(`answered ${calls.rings.length}`);
        calls.rings.at(-1)?.fail(pick > 2 ? 'call/no-answer' : pick > 0 ? 'call/declined' : 'call/unreachable');
        break;
      case 'set-up':
        calls.asked.push('set up');
        if (pick > 4) calls.dials.at(-1)?.fail('call/busy');
        else calls.dials.at(-1)?.setUp({ acs: `4:${phone}` });
        break;
      case 'pick-up':
        calls.events.joined(callId, { acs: `4:${phone}` });
        break;
      case 'hang-up':
        calls.events.customerLeft(callId, pick > 3 ? 'no-answer' : 'hung-up');
        break;
      case 'agent-lost':
        stage.inCall.delete(`${name} A.`);
        calls.events.agentLeft(callId, { acs: `8:acs:${name} A.` }, 'left');
        break;
      case 'rejoin':
        ask('call/rejoin', { conversationId, channelId: callId });
        break;
      case 'take-offer':
        for (const one of stage.desks.values())
          if (wanted === 'go-on' || one === desk)
            stage.ask(one, 'offer/accept', { offerId: one.of('offer').at(-1)?.offer.id ?? 'none' });
        break;
      case 'transfer':
        ask('task/transfer', { taskId, to: pick > 3 ? { queue: 'sales' } : { agent: other } });
        break;
      case 'requeue':
        ask('task/requeue', { taskId });
        break;
      case 'park':
        ask('task/park', { taskId });
        break;
      case 'take-parked':
        ask('parked/take', { taskId });
        break;
      case 'consult':
        ask('consult/start', { taskId, to: { agent: other }, ...(pick > 3 && { merge: true }) });
        break;
      case 'act': {
        const action = (['complete', 'cancel', 'merge', 'complete', 'swap', 'complete'] as const)[pick];
        ask('consult/act', { conversationId, consultId: [...consults.keys()].at(-1) ?? 'none', action });
        break;
      }
      case 'end-channel':
        ask('channel/end', { conversationId, channelId });
        break;
      case 'leave-channel':
        say('channel/leave', { channelId });
        break;
      case 'in-meeting': {
        const report = { type: 'self', change: pick > 2 ? 'joined' : 'waiting' };
        if (who === 0) say('meeting/report', { channelId: meetingId, report });
        else ask('meeting/report', { conversationId, channelId: meetingId, report });
        break;
      }
      case 'meeting-over':
        ask('meeting/report', { conversationId, channelId: meetingId, report: { type: 'over' } });
        break;
      case 'drop':
        stage.drop(desk);
        break;
      case 'come-back':
      case 'available':
        if (kind === 'available' && stage.isThere(desk) && pick > 0) {
          ask('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
          break;
        }
        stage.desks.set(name, await deskWithPhone(center, name));
        break;
      case 'sign-out':
        ask('session/sign-out', { drain: pick > 1 });
        break;
      case 'end':
        if (pick > 3) ask('task/end', { taskId });
        break;
      case 'wrap-up':
        ask('wrap-up/complete', {
          taskId: tasks.find((one) => one.agentId === name && one.status === 'wrapping')?.id ?? '',
        });
        break;
      case 'chat-end':
        if (pick > 4) say('chat/end', {});
        break;
      case 'hosts':
        stage.mood = (['quick', 'slow', 'fails', 'hangs', 'quick', 'quick'] as const)[pick] ?? 'quick';
        break;
      case 'store':
        stage.isStoreSlow = pick > 3;
        break;
      case 'wait':
        await center.clock.advance(1_000);
        break;
      case 'wait-long':
        await center.clock.advance(pick > 3 ? 125_000 : 31_000);
        break;
    }
    await center.settle();
    await always(stage);
    if (stage.isCalm) await whenCalm(stage);
  }
  stage.mood = 'quick';
  stage.isStoreSlow = false;
  return stage;
}

/** Nobody does anything any more: what has begun comes to something. */
async function leftAlone(stage: Stage) {
  await stage.center.clock.advance(600_000);
  await always(stage);
  const { invitations, open, tasks } = read(await stage.log());
  expect(invitations.filter(({ status }) => status === 'open')).toEqual([]);
  const accepted = new Set(invitations.flatMap(({ status, channelId }) => (status === 'accepted' ? [channelId] : [])));
  const theirs = [...open.keys()].filter((id) => id === stage.page.started.channel.channelId || accepted.has(id));
  if (open.size > 0) expect(theirs, 'the customer is in something').not.toEqual([]);
  for (const [id, kind] of open) {
    if (kind !== 'voice') continue;
    const isByPhone = invitations.some(({ channelId, by }) => channelId === id && by === 'call');
    expect(isByPhone || stage.arrived.has(id), 'the customer has called').toBe(true);
    const owner = tasks.filter(({ status }) => status === 'assigned').at(-1);
    const others = tasks.filter(({ status }) => status === 'queued' || status === 'offered');
    expect(others.length > 0 || stage.inCall.has(`${owner?.agentId} A.`), 'somebody comes').toBe(true);
  }
}

/** The customer goes: everything is given back, and the customer is told. */
async function over(stage: Stage) {
  const { center, page } = stage;
  page.frame({ type: 'command', id: 'end', name: 'chat/end', args: {} });
  await center.settle();
  await center.clock.advance(600_000);
  await always(stage);
  for (const { id, agentId } of read(await stage.log()).tasks.filter(({ status }) => status === 'wrapping')) {
    await (await deskWithPhone(center, agentId ?? '')).do('wrap-up/complete', { taskId: id });
  }
  const { open, tasks, opened } = read(await stage.log());
  expect([...open]).toEqual([]);
  expect(tasks.filter(({ status }) => status !== 'closed' && status !== 'cancelled')).toEqual([]);
  const entries = page.entries(stage.id);
  const closed = new Set(entries.flatMap((one) => (one.type === 'channel-closed' ? [one.channelId] : [])));
  for (const one of entries) if (one.type === 'channel-opened') expect(closed.has(one.channelId)).toBe(true);
  expect(opened.size).toBeGreaterThan(0);
  expect(entries.some((one) => one.type === 'participant-left' && one.participantId === page.started.self)).toBe(true);
  for (const name of ['ann', 'ben']) {
    const desk = await deskWithPhone(center, name);
    expect(desk.record.load).toMatchObject({ tasks: 0, used: 0 });
  }
}

test('channels come and go in any order, and nothing is lost, held or left open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const stage = await play(steps);
      await leftAlone(stage);
      await over(stage);
      await stage.center.server.close();
    }),
    { numRuns: 300, seed: 6 },
  );
}, 120_000);
