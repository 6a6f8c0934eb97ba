import { unavailable, type Connection } from './connection';
import type { RoutingKeys } from './keys';
import type { LogClock } from './log-clock';
import { formatBatch, parseGroup, type CommandGroup, type LogBatch } from './log-batch';
import type { Replica } from './replica';
import { appendScript, releaseScript } from './scripts';

/** A batch takes no further commands from so many on, nor groups beyond so many characters. */
const fullBatch = 400;
const longestBatch = 1_000_000;

/** So many batches may be on their way to Redis: one is written while the next is sent. */
const mostInFlight = 2;

/** Nothing more is taken out of the inbox while so many commands, or characters, wait for their batch. */
const longestBacklog = 4_000;
const largestBacklog = 16_000_000;

interface Queued {
  readonly text: string;
  readonly group: CommandGroup;
  /** The entry of the inbox that it was. */
  readonly entry: string | undefined;
}

interface SequencerParts {
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  /** Of the log. */
  readonly time: LogClock;
  readonly replica: Replica;
  /** The lease as it stands in Redis while it is ours. */
  readonly lease: string;
  readonly token: number;
  /** Name of its own of this leader's time with this lease. */
  readonly reign: string;
  readonly leaseMs: number;
  /** Called with a batch that is in the log. */
  readonly onAppended: (number: number, batch: LogBatch) => void;
  /** Called once, when no further batch can be put into the log by this lease. */
  readonly onLost: (why: unknown) => void;
}

/**
 * What makes a node the leader: it puts commands into the log, in batches, each in one step that checks the lease.
 * Nothing is done with a command before it is in the log, so that a leader who is refused has nothing to take back.
 */
export class Sequencer {
  readonly #parts: SequencerParts;
  readonly #queue: Queued[] = [];
  #queued = 0;
  #characters = 0;
  #head: number;
  #at: number;
  #inFlight = 0;
  #stopped = false;
  #idle: (() => void) | undefined;
  #taken = '0-0';
  /** The reign before, until the first batch of this one. */
  #after: string | undefined;

  constructor(parts: SequencerParts) {
    this.#parts = parts;
    this.#head = parts.replica.batch;
    this.#at = parts.replica.at;
    this.#after = parts.replica.reign;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** The last entry of the inbox that was taken. */
  get taken(): string {
    return this.#taken;
  }

  /** Takes what is in the inbox from its beginning: a Redis that is there again may count its entries from lower on. */
  takeAgain(): void {
    this.#taken = '0-0';
  }

  /** Whether more commands can be taken out of the inbox. */
  get hasRoom(): boolean {
    return this.#queued < longestBacklog && this.#characters < largestBacklog;
  }

  /** Queues the text of a group of commands; `entry`: the entry of the inbox that it was. False when it makes no sense. */
  add(text: string, entry?: string): boolean {
    const group = parseGroup(text);
    if (entry !== undefined) this.#taken = entry;
    if (group === undefined || this.#stopped) return false;
    this.#queue.push({ text, group, entry });
    this.#queued += group[3].length;
    this.#characters += text.length;
    this.#pump();
    return true;
  }

  /** Takes no more commands; what is on its way to Redis goes there. */
  stop(): void {
    this.#stopped = true;
    this.#queue.length = 0;
    this.#queued = 0;
    this.#characters = 0;
  }

  /**
   * Gives the lease back once what is on its way is in the log, so that `heir`, or anybody, goes on at once. True when
   * this node has all of the log.
   */
  async release(heir: string, leaving: string): Promise<boolean> {
    const { connection, keys, lease, leaseMs, replica } = this.#parts;
    this.stop();
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    const number = this.#head + 1;
    const facts = { ...this.#facts(), heir };
    const names = [keys.lease, keys.head, keys.log, keys.nodes];
    const args = [lease, number, formatBatch(facts, []), leaving];
    const answer = await connection.run(releaseScript, names, args, leaseMs);
    return answer === 'ok' && replica.apply(number, { ...facts, groups: [] }) === 'applied';
  }

  #facts(): Omit<LogBatch, 'groups'> {
    const { time, reign, replica, token } = this.#parts;
    const { print, batch, seq, digest } = replica;
    const after = this.#after;
    this.#after = undefined;
    this.#at = Math.max(this.#at, time.now());
    return { token, reign, ...(after !== undefined && { after }), print, at: this.#at, seen: [batch, seq, digest] };
  }

  #pump(): void {
    while (!this.#stopped && this.#queue.length > 0 && this.#inFlight < mostInFlight) {
      // A second one goes only when it is full: small batches would cost more than the wait.
      if (this.#inFlight > 0 && this.#queued < fullBatch && this.#characters < longestBatch) return;
      void this.#append();
    }
  }

  async #append(): Promise<void> {
    const { connection, keys, lease, leaseMs } = this.#parts;
    const taken: Queued[] = [];
    let count = 0;
    let length = 0;
    for (let next = this.#queue[0]; next !== undefined && count < fullBatch; next = this.#queue[0]) {
      if (count > 0 && length + next.text.length > longestBatch) break;
      this.#queue.shift();
      taken.push(next);
      count += next.group[3].length;
      length += next.text.length;
    }
    this.#queued -= count;
    this.#characters -= length;
    this.#head += 1;
    const number = this.#head;
    const facts = this.#facts();
    const groups = taken.map(({ group }) => group);
    const entry = taken.reduce<string | undefined>((last, each) => each.entry ?? last, undefined);
    const text = formatBatch(
      facts,
      taken.map((each) => each.text),
    );
    const args = [lease, number, text, leaseMs, entry === undefined ? '' : after(entry)];
    this.#inFlight += 1;
    try {
      const answer = await connection.run(appendScript, [keys.lease, keys.head, keys.log, keys.inbox], args, leaseMs);
      if (answer === 'ok') this.#parts.onAppended(number, { ...facts, groups });
      else this.#lose(unavailable(`the log is ${String(answer)}`));
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#idle?.();
      this.#pump();
    }
  }

  #lose(why: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#parts.onLost(why);
  }
}

/** The least id of a stream behind this one. */
function after(id: string): string {
  const [time = '0', count = '0'] = id.split('-');
  return `${time}-${BigInt(count) + 1n}`;
}
