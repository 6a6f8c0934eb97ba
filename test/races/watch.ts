import type { AgentHere, World } from './world';

/** Longest that something may stay as it must not remain, in milliseconds. */
const patience = {
  /** A command: 30 s of the client's own, and some. */
  command: 35_000,
  /** A transfer: until the other one has answered, 60 s and what it takes to know. */
  transfer: 135_000,
  /** A card that says connecting: the ring, its slack, and what a slow join takes. */
  connecting: 30_000,
  /** Two registrations of one agent: one page may need some time to let go. */
  twoPages: 15_000,
  /** Two calls of one agent: one of them is about to be left. */
  twoCalls: 6_000,
  /** A customer who is left alone and hears no music. */
  silence: 100,
} as const;

/** Something is so now; it may be for `limitMs` milliseconds. */
export type TooLong = (what: string, limitMs: number) => void;

/** Looks at the whole world after every step for what must never be, or not for long. */
export class Watch {
  readonly #world: World;
  readonly #more: ((tooLong: TooLong) => void) | undefined;
  readonly #since = new Map<string, number>();

  /** `more`: what to look at instead of calls of one agent and one customer. */
  constructor(world: World, more?: (tooLong: TooLong) => void) {
    this.#world = world;
    this.#more = more;
  }

  look(): void {
    const holding = new Set<string>();
    const tooLong = (what: string, limitMs: number) => {
      const { clock } = this.#world;
      holding.add(what);
      const since = this.#since.get(what) ?? clock.now();
      this.#since.set(what, since);
      if (clock.now() - since <= limitMs) return;
      this.#since.set(what, Number.POSITIVE_INFINITY);
      this.#world.fail(`for more than ${limitMs} ms: ${what}`);
    };
    if (this.#more === undefined) this.#calls(tooLong);
    else this.#more(tooLong);
    for (const agent of this.#world.agents) this.#agent(agent, tooLong);
    this.#commands();
    for (const what of [...this.#since.keys()]) if (!holding.has(what)) this.#since.delete(what);
  }

  #calls(tooLong: TooLong): void {
    const { core, agents, callers } = this.#world;
    const users = new Set(agents.map(({ user }) => user));
    for (const call of core.calls.list()) {
      const connected = call.parties.filter(({ status }) => status === 'connected');
      const here = connected.filter(({ rawId }) => users.has(rawId));
      const phone = connected.find(({ kind }) => kind === 'phone');
      if (here.length > 1) this.#world.fail(`${here.length} agents in the call of ${phone?.rawId ?? 'nobody'}`);
      const caller = callers.find(({ number }) => phone?.rawId === `4:${number}`);
      if (caller !== undefined && here.length === 1) caller.talked = true;
      // Whoever waits hears music; whoever has an agent and is not on hold hears that agent.
      if (phone === undefined || here.length > 0 || phone.hears.includes('music')) continue;
      if (connected.some(({ kind }) => kind === 'server')) tooLong(`${phone.rawId} waits in silence`, patience.silence);
    }
  }

  #agent({ id, user, tabs }: AgentHere, tooLong: TooLong): void {
    const { core } = this.#world;
    const pages = core.calls.pages().filter((page) => page.user === user && page.online);
    const frozen = tabs.some(({ status, clock }) => status === 'open' && clock.frozen);
    if (pages.length > 1 && !frozen) tooLong(`${pages.length} pages of ${id} are registered`, patience.twoPages);
    const active = core.calls
      .list()
      .filter(
        ({ parties }) =>
          parties.some((party) => party.rawId === user && party.status === 'connected') &&
          !parties.some(({ kind, onHold }) => kind === 'phone' && onHold),
      );
    if (active.length > 1 && !frozen) tooLong(`${id} is in ${active.length} calls at once`, patience.twoCalls);
    for (const tab of tabs) {
      if (!tab.usable) continue;
      for (const task of tab.tasks) {
        const voice = tab.voice(task);
        if (voice?.state$.value.status === 'connecting')
          tooLong(`${tab.name} shows ${task.id} as connecting`, patience.connecting);
      }
    }
  }

  #commands(): void {
    const { given, clock } = this.#world;
    for (const entry of given) {
      const limitMs = entry.what.startsWith('transfer') ? patience.transfer : patience.command;
      if (entry.tab.clock.frozen || clock.now() - entry.at <= limitMs + entry.tab.frozenMs) continue;
      given.delete(entry);
      this.#world.fail(`${entry.tab.name} waits for ${entry.what} since ${entry.at}`);
    }
  }
}
