import {
  delay,
  isContactCenterError,
  type CallbackRecord,
  type ConsultRecord,
  type TaskRecord,
  type TaskStatus,
} from 'onescreen';
import {
  createEmulator,
  emulatedCallHost,
  type EmulatorCore,
  type EmulatorOptions,
  type PhoneCall,
} from 'onescreen/emulator';
import {
  createServer,
  memoryStore,
  type CallHost,
  type ContactCenterServer,
  type ConversationStore,
  type LogFields,
  type Logger,
} from 'onescreen/server';
import { seededRandom, virtualClock, type SeededRandom, type VirtualClock } from 'onescreen/testing';
import { CountingMedia } from '../emulator/calls/counting-media';
import { Browser } from './browser';
import { Tab, type Given, type TabHost, type TabOwner } from './tab';

export const resourceAccount = '5a1d3c52-0000-4000-8000-000000000001';
const hotline = '+498001000';

/** How long an offer stands and a phone rings in these worlds, in milliseconds. */
export const windows = { offerMs: 10_000, ringMs: 8_000, graceMs: 20_000 } as const;

export interface AgentHere extends TabOwner {
  readonly tabs: Tab[];
  /** Since when which task's call is connected, as the agent sees it. */
  readonly connectedSince: Map<string, number>;
  /** The agent has become available anew since all was mended. */
  anew: boolean;
}

export interface Caller {
  readonly phone: PhoneCall;
  readonly number: string;
  /** The customer has hung up. */
  gaveUp: boolean;
  /** An agent was in the call. */
  talked: boolean;
}

/** What the control plane's log says of one conversation. */
export interface Matter {
  readonly id: string;
  /** By id: each task as it was last told, and its statuses so far. */
  readonly tasks: Map<string, { record: TaskRecord; readonly statuses: TaskStatus[] }>;
  readonly consults: Map<string, ConsultRecord>;
  readonly callbacks: Map<string, CallbackRecord>;
  readonly statuses: string[];
  readonly reasons: string[];
  agentId: string | undefined;
  open: boolean;
  caller: string | undefined;
}

/** Where a world differs from that of two agents whose host is slow at times. */
export interface WorldOptions {
  readonly agents?: readonly string[];
  readonly host?: (host: CallHost, world: World) => CallHost;
  readonly emulator?: Pick<EmulatorOptions, 'accessKey' | 'fetch'>;
  /** Whether the schedule has brought about that a call of the host failed so. */
  readonly isWanted?: (error: unknown) => boolean;
  /** Whether the schedule has brought about that the server complains so. */
  readonly isWantedLog?: (fields: LogFields) => boolean;
}

/** A contact center of two agents with all its parts, on one clock and in one process. */
export class World implements TabHost {
  readonly clock: VirtualClock = virtualClock();
  readonly random: SeededRandom;
  readonly media = new CountingMedia();
  readonly core: EmulatorCore;
  readonly server: ContactCenterServer;
  readonly agents: readonly AgentHere[];
  readonly callers: Caller[] = [];
  readonly matters = new Map<string, Matter>();
  readonly given = new Set<Given>();
  readonly failures: string[] = [];
  readonly counts = new Map<string, number>();
  frames = 0;
  /** Rings that schedules have made the emulator lose. */
  lostRings = 0;
  /** Adds that were told there is no such call, though there is. */
  deniedCalls = 0;
  /** What the server's next joins take, before and after they ring. */
  readonly slowJoins: { readonly before: number; readonly after: number }[] = [];
  readonly #isWantedLog: (fields: LogFields) => boolean;
  readonly logger: Logger = {
    debug() {},
    info: (event, fields) => this.note(`server: ${event} ${JSON.stringify(fields)}`),
    warn: (event, fields) => this.note(`server: ${event} ${JSON.stringify(fields)}`),
    error: (event, fields) => {
      if (this.#isWantedLog(fields)) return this.count(`server: ${event}`);
      this.fail(`the server says ${event} ${JSON.stringify(fields)}`);
    },
  };
  readonly #start = this.clock.now();
  readonly #trace: (line: string) => void;
  #tabs = 0;

  constructor(
    seed: number,
    trace: (line: string) => void = () => {},
    {
      agents = ['anna', 'ben'],
      host: hostOf = slowable,
      emulator = {},
      isWanted = () => false,
      isWantedLog = () => false,
    }: WorldOptions = {},
  ) {
    this.#isWantedLog = isWantedLog;
    this.#trace = trace;
    this.random = seededRandom(seed);
    const { clock, random, media } = this;
    this.core = createEmulator({ clock, random: random.fork('emulator'), limits: false, media, ...emulator });
    const host = emulatedCallHost(this.core, { resourceAccount, phoneNumber: hotline });
    this.agents = agents.map((id) => ({
      ...{ id, user: this.core.createUser(), browser: new Browser(), tokensRefused: false, tabs: [] },
      ...{ connectedSince: new Map<string, number>(), anew: false },
    }));
    const capacity = random.next() < 0.2 ? 2 : 1;
    this.server = createServer({
      ...{ clock, random: random.fork('server'), store: this.#watchedStore(), calls: [hostOf(host, this)] },
      authenticate: (request) => {
        const id = request.headers.get('authorization')?.slice('Bearer '.length);
        const agent = this.agents.find((one) => one.id === id);
        return (
          agent && {
            id: agent.id,
            displayName: agent.id,
            queues: ['calls'],
            capacity,
            providerRefs: { acs: agent.user },
          }
        );
      },
      queues: [{ id: 'calls', offerTtlMs: windows.offerMs, ringTimeoutMs: windows.ringMs }],
      grace: { offersMs: 2_000, tasksMs: windows.graceMs },
      limits: { commands: false, starts: false },
      logger: this.logger,
      onError: (error, { hook }) => {
        // The schedule has made it slow.
        if (hook === 'host.join' && givenUp.some((code) => isContactCenterError(error, code)))
          return this.count('join too slow');
        if (isWanted(error)) return this.count(`${hook} failed`);
        this.fail(`the server's hook ${hook} failed: ${String(error)}`);
      },
    });
  }

  get tabs(): readonly Tab[] {
    return this.agents.flatMap(({ tabs }) => tabs);
  }

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return this.clock.now() - this.#start;
  }

  note(what: string): void {
    this.#trace(`${String(this.elapsed).padStart(7)} ${what}`);
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  fail(what: string): void {
    this.note(`FAILED ${what}`);
    if (this.failures.length < 20) this.failures.push(`${this.elapsed}: ${what}`);
  }

  openTab(agent: AgentHere): Tab {
    this.#tabs += 1;
    const tab = new Tab(this, agent, `${agent.id}#${this.#tabs}`, this.random.fork(`tab ${this.#tabs}`));
    agent.tabs.push(tab);
    tab.signIn();
    return tab;
  }

  call(): Caller {
    const number = `+4915112345${this.callers.length}`;
    const phone = this.core.phones.callFrom(number, { to: hotline });
    const caller: Caller = { phone, number, gaveUp: false, talked: false };
    this.callers.push(caller);
    this.count('calls');
    return caller;
  }

  matterOf(caller: Caller): Matter | undefined {
    return [...this.matters.values()].find((matter) => matter.caller === caller.number);
  }

  #watchedStore(): ConversationStore {
    const store = memoryStore();
    return {
      read: (id, query) => store.read(id, query),
      append: async (id, entries) => {
        const matter: Matter = this.matters.get(id) ?? {
          ...{ id, tasks: new Map(), consults: new Map(), callbacks: new Map() },
          ...{ statuses: [], reasons: [], agentId: undefined, open: false, caller: undefined },
        };
        this.matters.set(id, matter);
        for (const entry of entries) {
          if (entry.type === 'channel-opened') matter.open = true;
          if (entry.type === 'channel-closed') matter.open = false;
          if (entry.type === 'participant-joined' && entry.participant.role === 'customer')
            matter.caller = entry.participant.providerRefs['acs']?.slice('4:'.length);
          if (entry.type === 'consult') {
            const { purpose, kind, status, reason = '' } = entry.consult;
            matter.consults.set(entry.consult.id, entry.consult);
            this.note(`log of ${matter.caller ?? id}: ${purpose} with ${kind} ${status} ${reason}`);
            this.count(`${purpose} with ${kind} ${status}${reason === '' ? '' : ` (${reason})`}`);
          }
          if (entry.type === 'callback') {
            matter.callbacks.set(entry.callback.id, entry.callback);
            this.note(`log of ${matter.caller ?? id}: callback ${entry.callback.status}`);
            this.count(`callback ${entry.callback.status}`);
          }
          if (entry.type !== 'task') continue;
          const known = matter.tasks.get(entry.task.id) ?? { record: entry.task, statuses: [] };
          known.record = entry.task;
          known.statuses.push(entry.task.status);
          matter.tasks.set(entry.task.id, known);
          const { status, reason, agentId } = entry.task;
          matter.statuses.push(status);
          matter.reasons.push(reason ?? '');
          matter.agentId = agentId;
          this.note(`log of ${matter.caller ?? id}: ${status} ${agentId ?? ''} ${reason ?? ''}`);
          this.count(`task ${status}${reason === undefined ? '' : ` (${reason})`}`);
        }
        return store.append(id, entries);
      },
    };
  }
}

/** What a join fails with that the server has given up. */
const givenUp = ['command/timed-out', 'command/aborted', 'call/cancelled'] as const;
const never = new Promise<never>(() => {});

/** Makes a host's joins slow, as the world says. */
function slowable(host: CallHost, world: World): CallHost {
  const { clock } = world;
  return {
    ...{ name: host.name, channel: host.channel, inLog: host.inLog, actions: host.actions },
    start: (events) => host.start(events),
    open: (request) => host.open(request),
    join: async (channel, agent, ring) => {
      const { before, after } = world.slowJoins.shift() ?? { before: 0, after: 0 };
      if (before > 0) await delay(clock, before);
      const refs = await host.join(channel, agent, ring);
      // A call may be shorter than any look at it.
      const { caller: number } = world.matters.get(channel.conversationId) ?? {};
      for (const caller of world.callers) if (caller.number === number) caller.talked = true;
      if (after > 0) await delay(clock, after);
      return refs;
    },
    leave: (channel, agent) => host.leave(channel, agent),
    close: (channel, customer) => host.close(channel, customer),
    ...(host.hold && { hold: (channel) => host.hold?.(channel) ?? never }),
    ...(host.resume && { resume: (channel) => host.resume?.(channel) ?? never }),
    ...(host.identify && { identify: (agent) => host.identify?.(agent) ?? never }),
  };
}
