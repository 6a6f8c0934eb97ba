import { delay, isContactCenterError, type LogEntry, type Offer, type Task, type TaskStatus } from 'onescreen';
import { createServer, type ContactCenterServer, type ConversationStore, type StoredAgent } from 'onescreen/server';
import {
  createBroadcast,
  createLocks,
  scriptedVoice,
  seededRandom,
  virtualClock,
  type FrameServer,
  type SeededRandom,
} from 'onescreen/testing';
import { openTab, type DeskTab } from './desk-tab';
import { Held, listenersTo, type HeldCounts } from './held';
import { LightCustomer } from './light-customer';
import { scriptedCallers } from './scripted-callers';

/** How much happens in a day, and over how long. */
export interface DaySize {
  readonly hours: number;
  /** Calls among them. */
  readonly conversations: number;
  readonly calls: number;
  readonly faults: number;
  readonly reloads: number;
  readonly tabs: number;
}

export interface DayReport {
  /** Conversations that have ended, by the log. */
  readonly ended: number;
  /** Calls that an agent has talked in. */
  readonly talked: number;
  /** What the tab that saw the fewest was told by `events$`, over all its reloads. */
  readonly events: number;
  readonly logEntries: number;
  readonly faults: number;
  readonly reloads: number;
  /** The most tasks that the desk had in hand at one moment. */
  readonly mostInHand: number;
  /** Changes of availability that waited for the work in hand, and those of them that were taken back. */
  readonly queuedBreaks: number;
  readonly clearedBreaks: number;
  /** What must not be, in words. */
  readonly defects: readonly string[];
  /** Bytes of the open desk with nothing to do: before the first conversation and after the last. */
  readonly heap: { readonly before: number; readonly after: number };
  /** What the open desk holds then. */
  readonly held: { readonly before: HeldCounts; readonly after: HeldCounts; readonly most: HeldCounts };
  /** What is held when the desk has closed. */
  readonly left: { readonly held: HeldCounts; readonly timers: number; readonly signals: number };
}

const minute = 60_000;
const hour = 60 * minute;
const queue = {
  id: 'shop',
  offerTtlMs: 60_000,
  onExpire: 'keep',
  wrapUp: { required: true, dispositions: [{ code: 'solved', label: 'Solved' }], limitMs: 2 * minute },
} as const;

/** A database of the vendor's: what has ended is not in this process. */
function vendorStore() {
  const logs = new Map<string, LogEntry[]>();
  const agents = new Map<string, StoredAgent>();
  const counts = { entries: 0, ended: 0 };
  const store: ConversationStore = {
    async append(id, entries) {
      const log = logs.get(id) ?? [];
      logs.set(id, log);
      const placed = entries.map((entry, index): LogEntry => ({ ...entry, seq: log.length + index + 1 }));
      log.push(...placed);
      counts.entries += placed.length;
      if (!placed.some(({ type }) => type === 'conversation-ended')) return placed;
      logs.delete(id);
      counts.ended += 1;
      return placed;
    },
    read: async (id) => logs.get(id) ?? [],
    open: async () => [...logs].map(([id, [first]]) => ({ id, openedAt: first?.at ?? 0 })),
    agents: async () => [...agents.values()],
    async keepAgent(id, agent) {
      if (agent === undefined) agents.delete(id);
      else agents.set(id, agent);
    },
  };
  return { store, counts };
}

/** One agent's day at a desk of several tabs, with chats, calls, faults of the network and reloads, in virtual time. */
export class DeskDay {
  readonly #size: DaySize;
  readonly #measure: () => Promise<number>;
  readonly #clock = virtualClock();
  readonly #random: SeededRandom;
  readonly #held = new Held();
  readonly #voice = scriptedVoice();
  readonly #callers = scriptedCallers(this.#voice, this.#clock);
  readonly #database = vendorStore();
  readonly #browser = { locks: createLocks(), broadcast: createBroadcast(), page: quietPage };
  readonly #shift = new AbortController();
  readonly #tabs: (DeskTab | undefined)[] = [];
  readonly #customers = new Map<string, LightCustomer>();
  readonly #offers = new Set<string>();
  readonly #working = new Set<string>();
  readonly #events: number[] = [];
  readonly #defects: string[] = [];
  #server: ContactCenterServer;
  #opened = 0;
  #servers = 0;
  #talked = 0;
  #faults = 0;
  #reloads = 0;
  #mostInHand = 0;
  #breaks = { queued: 0, cleared: 0 };
  #over = false;

  constructor(seed: string, size: DaySize, measure: () => Promise<number>) {
    this.#size = size;
    this.#measure = measure;
    this.#random = seededRandom(seed);
    this.#server = this.#startServer();
  }

  async run(): Promise<DayReport> {
    const { hours, tabs } = this.#size;
    await this.#settled(Promise.all(Array.from({ length: tabs }, (_, index) => this.#open(index))));
    await this.#clock.advance(minute);
    const before = await this.#atRest();
    const scripts = [this.#arrivals(), this.#network(), this.#reload(), this.#comeAndGo()];
    const availability = this.#stayAvailable();
    await this.#clock.advance(hours * hour);
    await this.#settled(Promise.all(scripts));
    await this.#clock.runUntil(() => this.#allEnded, 2 * hour);
    this.#over = true;
    await this.#settled(availability);
    const after = await this.#atRest();
    await this.#settled(Promise.all(this.#tabs.map(async (tab) => tab?.close())));
    await this.#server.close();
    for (const customer of this.#customers.values()) customer.leave();
    const { faults, reloads } = { faults: this.#faults, reloads: this.#reloads };
    return {
      ...{ ended: this.#database.counts.ended, talked: this.#talked, events: Math.min(...this.#events) },
      ...{ logEntries: this.#database.counts.entries, faults, reloads, mostInHand: this.#mostInHand },
      ...{ queuedBreaks: this.#breaks.queued, clearedBreaks: this.#breaks.cleared, defects: this.#defects },
      heap: { before: before.heap, after: after.heap },
      held: { before: before.held, after: after.held, most: this.#held.most },
      left: { held: this.#held.now, timers: this.#clock.pending, signals: listenersTo(this.#shift.signal) },
    };
  }

  /** Lets time pass until this has come about. */
  async #settled(work: Promise<unknown>): Promise<void> {
    let over = false;
    const settled = work.finally(() => (over = true));
    settled.catch(() => {});
    await this.#clock.runUntil(() => over, 2 * hour);
    await settled;
  }

  get #allEnded(): boolean {
    return this.#database.counts.ended >= this.#size.conversations && this.#working.size === 0;
  }

  get #online(): readonly DeskTab[] {
    return this.#tabs.filter((tab): tab is DeskTab => tab?.online === true);
  }

  #startServer(): ContactCenterServer {
    this.#servers += 1;
    return createServer({
      authenticate: () => ({
        ...{ id: 'ada', displayName: 'Ada', queues: ['shop'], capacity: 30 },
        channels: [
          { channel: 'chat', cost: 1 },
          { channel: 'voice', cost: 1, max: 1 },
        ],
      }),
      queues: [queue],
      reasons: [{ code: 'lunch', label: 'Lunch' }],
      calls: [this.#callers.host],
      store: this.#database.store,
      clock: this.#clock,
      random: this.#random.fork(`server ${this.#servers}`),
      limits: { commands: false, starts: false },
    });
  }

  /** The desk with nothing to do: the server of so far goes, with what it keeps for customers who come back to read. */
  async #atRest(): Promise<{ readonly heap: number; readonly held: HeldCounts }> {
    for (const tab of this.#tabs) tab?.drop({ recover: false, downMs: Infinity });
    await this.#server.close();
    for (const customer of this.#customers.values()) customer.leave();
    this.#customers.clear();
    this.#offers.clear();
    this.#server = this.#startServer();
    await this.#clock.advance(5 * minute);
    const heap = await this.#measure();
    for (const tab of this.#tabs) tab?.restore();
    await this.#clock.advance(5 * minute);
    if (this.#online.length < this.#tabs.length) this.#defects.push('a tab does not come back');
    return { heap, held: this.#held.now };
  }

  async #open(index: number): Promise<void> {
    this.#opened += 1;
    // Whichever server runs when it is asked.
    const server: FrameServer = { connect: (request) => this.#server.connect(request) };
    const tab = openTab({
      ...{ server, held: this.#held, voice: this.#voice, tokenLifeMs: hour },
      world: { clock: this.#clock, ...this.#browser },
      random: this.#random.fork(`tab ${this.#opened}`),
      offered: (offer) => void this.#consider(offer),
      event: () => (this.#events[index] = (this.#events[index] ?? 0) + 1),
    });
    this.#tabs[index] = tab;
    tab.client.tasks$.subscribe((tasks) => {
      this.#mostInHand = Math.max(this.#mostInHand, tasks.length);
      for (const task of tasks) void this.#work(task);
    });
    await tab.client.signIn({ timeoutMs: hour });
  }

  async #arrivals(): Promise<void> {
    const { conversations, calls, hours } = this.#size;
    const random = this.#random.fork('arrivals');
    const everyMs = (0.9 * hours * hour) / conversations;
    const callEvery = Math.floor(conversations / calls);
    for (let index = 0; index < conversations; index++) {
      await delay(this.#clock, random.integer(0.5 * everyMs, 1.5 * everyMs));
      if (index % callEvery === 0 && index / callEvery < calls) {
        await this.#callers.ring();
      } else {
        const customer = await LightCustomer.start(this.#server, `Customer ${index}`);
        this.#customers.set(customer.conversationId, customer);
        customer.say('Hello, where is my parcel?');
      }
    }
  }

  async #consider(offer: Offer): Promise<void> {
    if (this.#offers.has(offer.id)) return;
    this.#offers.add(offer.id);
    await delay(this.#clock, this.#random.integer(1_000, 5_000));
    for (const tab of this.#shuffled()) {
      const here = tab.client.offers$.value.find(({ id }) => id === offer.id);
      if (here === undefined) continue;
      await this.#attempt(here.accept({ signal: this.#shift.signal }));
      return;
    }
  }

  /** Does whatever this task asks for, in whichever tab is there. */
  async #work({ id, channel, conversationId }: Task): Promise<void> {
    if (this.#working.has(id)) return;
    this.#working.add(id);
    const random = this.#random.fork(`task ${id}`);
    if (channel === 'voice') await this.#talk(id, random);
    else await this.#write(id, conversationId, random);
    for (let status = this.#statusOf(id); status !== undefined; status = this.#statusOf(id)) {
      const task = this.#anyTask(id);
      if (task !== undefined && status === 'assigned') await this.#attempt(task.end({ signal: this.#shift.signal }));
      if (task !== undefined && status === 'wrapping') await this.#wrapUp(task, random);
      await delay(this.#clock, random.integer(2_000, 6_000));
    }
    this.#working.delete(id);
    this.#customers.get(conversationId)?.leave();
    this.#customers.delete(conversationId);
  }

  async #write(taskId: string, conversationId: string, random: SeededRandom): Promise<void> {
    const customer = this.#customers.get(conversationId);
    const { signal } = this.#shift;
    let written = 0;
    for (let round = random.integer(9, 12); round > 0 && this.#statusOf(taskId) === 'assigned'; round--) {
      await delay(this.#clock, random.integer(30_000, 80_000));
      customer?.type();
      for (let count = random.integer(2, 4); count > 0; count--) customer?.say(`${round}.${count}: number A-20417.`);
      await delay(this.#clock, random.integer(2_000, 6_000));
      const chat = this.#anyTask(taskId)?.conversation.channel('chat');
      if (chat === undefined) continue;
      void this.#attempt(chat.typing());
      await this.#attempt(chat.markRead({ signal }));
      for (let count = random.integer(1, 3); count > 0; count--) {
        const sent = await this.#attempt(chat.send(`Answer ${round}.${count}: I have a look.`, { signal }));
        if (sent === undefined) continue;
        written += 1;
        if (random.next() < 0.15) await this.#attempt(chat.edit(sent.id, 'I have had a look.', { signal }));
      }
    }
    await delay(this.#clock, 15_000);
    this.#checkTimelines(conversationId, taskId, (customer?.said ?? 0) + written);
  }

  /** Every tab that stands tells the same story to the end. */
  #checkTimelines(conversationId: string, taskId: string, messages: number): void {
    for (const tab of this.#online) {
      const seen = tab.task(taskId)?.conversation.timeline$.value;
      if (seen === undefined || tab.client.session$.value.lost.length > 0) continue;
      const count = [...seen].filter((item) => item.kind === 'message').length;
      // One whose answer was lost with the link was sent all the same.
      if (count < messages) this.#defects.push(`${conversationId}: a tab shows ${count} of ${messages} messages`);
    }
  }

  async #talk(taskId: string, random: SeededRandom): Promise<void> {
    const { signal } = this.#shift;
    await delay(this.#clock, random.integer(30_000, 120_000));
    const call = this.#anyTask(taskId)?.conversation.channel('voice');
    if (call?.state$.value.status === 'connected') {
      this.#talked += 1;
      this.#callers.speak(call.id, 40);
      await this.#attempt(call.hold({ signal }));
      await delay(this.#clock, 20_000);
      await this.#attempt(call.resume({ signal }));
      await delay(this.#clock, 20_000);
    }
    if (call !== undefined && random.next() < 0.5) this.#callers.hangUp(call.id);
  }

  async #wrapUp(task: Task, random: SeededRandom): Promise<void> {
    const { signal } = this.#shift;
    task.wrapUp.save({ notes: 'Parcel A-20417' });
    task.wrapUp.save({ notes: 'Parcel A-20417 was found.', disposition: 'solved' });
    if (random.next() < 0.2) await this.#attempt(task.wrapUp.extend({ signal }));
    await delay(this.#clock, random.integer(5_000, 20_000));
    // By the draft, which the other tabs have as well.
    const here = this.#anyTask(task.id) ?? task;
    if (here.can('wrapUp').allowed) await this.#attempt(here.wrapUp.complete({}, { signal }));
  }

  async #network(): Promise<void> {
    const { faults, hours } = this.#size;
    const random = this.#random.fork('network');
    const everyMs = (0.95 * hours * hour) / faults;
    for (let fault = 0; fault < faults; fault++) {
      await delay(this.#clock, random.integer(0.7 * everyMs, 1.2 * everyMs));
      while (this.#online.length === 0) await delay(this.#clock, 1_000);
      const hit = random.next() < 0.3 ? this.#online : [random.pick(this.#online)];
      const isLong = random.next() < 0.1;
      const downMs = isLong ? random.integer(20_000, 80_000) : random.integer(200, 8_000);
      for (const tab of hit) tab.drop({ recover: random.next() < 0.6, downMs });
      this.#faults += 1;
    }
  }

  async #reload(): Promise<void> {
    const { reloads, hours, tabs } = this.#size;
    const random = this.#random.fork('reloads');
    const everyMs = (0.95 * hours * hour) / reloads;
    for (let reload = 0; reload < reloads; reload++) {
      await delay(this.#clock, random.integer(0.7 * everyMs, 1.2 * everyMs));
      const index = reload % tabs;
      const tab = this.#tabs[index];
      this.#tabs[index] = undefined;
      await tab?.close();
      await delay(this.#clock, random.integer(500, 3_000));
      await this.#open(index);
      this.#reloads += 1;
    }
  }

  /** Now and then a break after the work in hand is asked for; mostly it is thought better of. */
  async #comeAndGo(): Promise<void> {
    const random = this.#random.fork('breaks');
    for (let quarter = 0; quarter < this.#size.hours * 4; quarter++) {
      await delay(this.#clock, 15 * minute);
      const [tab] = this.#shuffled();
      if (tab === undefined) continue;
      const { agent } = tab.client;
      const asked = { kind: 'unavailable', reason: 'lunch' } as const;
      const answer = await this.#attempt(agent.setAvailability(asked, { whenBusy: 'after-current' }));
      if (answer?.status === 'queued') this.#breaks.queued += 1;
      await delay(this.#clock, random.integer(20_000, 90_000));
      const [other] = this.#shuffled();
      if (other?.client.agent.state$.value.next === undefined) continue;
      await this.#attempt(other.client.agent.clearNextAvailability());
      this.#breaks.cleared += 1;
    }
  }

  async #stayAvailable(): Promise<void> {
    while (!this.#over) {
      await delay(this.#clock, 20_000);
      const [tab] = this.#shuffled();
      const state = tab?.client.agent.state$.value;
      if (tab === undefined || state?.availability.kind === 'available' || state?.next !== undefined) continue;
      await this.#attempt(tab.client.agent.setAvailability({ kind: 'available' }, { signal: this.#shift.signal }));
    }
  }

  #shuffled(): readonly DeskTab[] {
    const from = this.#random.integer(0, this.#size.tabs - 1);
    return [...this.#online.slice(from), ...this.#online.slice(0, from)];
  }

  #anyTask(id: string): Task | undefined {
    for (const tab of this.#shuffled()) {
      const task = tab.task(id);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  /** Undefined: it is not the desk's any more. As long as no tab stands, it is what it was. */
  #statusOf(id: string): TaskStatus | undefined {
    const tabs = this.#online.length > 0 ? this.#online : this.#tabs;
    return tabs.map((tab) => tab?.task(id)?.status$.value).find((status) => status !== undefined);
  }

  /** What is under way when a chat, a tab or the link ends is refused; anything else is a defect. */
  async #attempt<T>(command: Promise<T>): Promise<T | undefined> {
    try {
      return await command;
    } catch (error) {
      if (!isContactCenterError(error)) this.#defects.push(String(error));
      return undefined;
    }
  }
}

/** Nobody leaves the page but by closing it. */
const quietPage = { onLeave: () => () => {}, onReturn: () => () => {} };
