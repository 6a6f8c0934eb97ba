import { ContactCenterError, type Clock } from 'onescreen';
import type { RoutingCommand, RoutingEvent } from 'onescreen/routing';
import { formatGroup } from './log-batch';
import type { Outcome } from './replica';

/** Most commands of a node that are under way; more are refused with `command/rate-limited`. */
const mostUnderWay = 20_000;

/** Most characters of a command as JSON: far above 10,000 labels on a worker. */
const longestCommand = 2_000_000;

/** Most commands that go into one entry of the inbox, and most characters unless one alone has more. */
const mostTogether = 200;
const longestTogether = 250_000;

/** How often it is looked for commands that have waited too long. */
const sweepMs = 100;

interface Waiting {
  readonly text: string;
  readonly deadline: number;
  /** When it was sent last; undefined while it is to be sent. */
  sentAt: number | undefined;
  /** How often it was sent because no answer came. */
  repeats: number;
  readonly resolve: (events: readonly RoutingEvent[]) => void;
  readonly reject: (error: ContactCenterError) => void;
}

interface OutboxParts {
  readonly session: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Takes the text of a group; resolves with what became of it. */
  readonly send: (group: string) => Promise<'ok' | 'full' | 'failed'>;
}

/** The commands that this node has not been answered, each with its number. */
export class Outbox {
  readonly #parts: OutboxParts;
  #waiting = new Map<number, Waiting>();
  readonly #unsent: number[] = [];
  #last = 0;
  #sending = false;
  #sweeping = false;
  #closed = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  submit(command: RoutingCommand): Promise<readonly RoutingEvent[]> {
    if (this.#closed) return Promise.reject(closedError());
    const text = textOf(command);
    if (text instanceof ContactCenterError) return Promise.reject(text);
    if (this.#waiting.size >= mostUnderWay) return Promise.reject(tooMany());
    this.#last += 1;
    const number = this.#last;
    return new Promise((resolve, reject) => {
      const deadline = this.#parts.clock.now() + this.#parts.timeoutMs;
      this.#waiting.set(number, { text, deadline, sentAt: undefined, repeats: 0, resolve, reject });
      this.#unsent.push(number);
      this.#sweepLater();
      this.flush();
    });
  }

  settle(number: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    if ('events' in outcome) waiting.resolve(outcome.events);
    else waiting.reject(outcome.error);
  }

  /** Sends all that was not answered once more: what arrives twice is done once. */
  sendAgain(): void {
    this.#unsent.length = 0;
    for (const [number, waiting] of this.#waiting) {
      waiting.sentAt = undefined;
      this.#unsent.push(number);
    }
    this.flush();
  }

  /**
   * Sends once more what was sent `afterMs` ago: it may be lost. Where it is only late, it does not add much to what there is
   * to do: the wait doubles each time.
   */
  sendLate(afterMs: number): void {
    const now = this.#parts.clock.now();
    for (const [number, waiting] of this.#waiting) {
      if (waiting.sentAt === undefined || now - waiting.sentAt < afterMs * 2 ** waiting.repeats) continue;
      waiting.sentAt = undefined;
      waiting.repeats += 1;
      this.#unsent.push(number);
    }
    this.flush();
  }

  /** Refuses what was done while this node could not hear of it; what became of it is not known any more. */
  forget(wasDone: (number: number) => boolean): void {
    for (const [number, { reject }] of this.#waiting) {
      if (!wasDone(number)) continue;
      this.#waiting.delete(number);
      reject(timedOut('what became of it is no longer known'));
    }
  }

  /** Refuses all that was not answered, as this node will not hear of it. */
  abandon(cause: ContactCenterError): void {
    for (const { reject } of this.#waiting.values())
      reject(timedOut('this node does not hear what became of it', cause));
    this.#waiting.clear();
    this.#unsent.length = 0;
  }

  /** Sends what waits to be sent, one group after the other; what comes meanwhile goes along in the next. */
  flush(): void {
    if (this.#sending || this.#closed || this.#unsent.length === 0) return;
    this.#sending = true;
    void this.#sendAll().finally(() => {
      this.#sending = false;
    });
  }

  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(closedError());
    this.#waiting.clear();
    this.#unsent.length = 0;
  }

  async #sendAll(): Promise<void> {
    // Commands of one turn go together.
    await Promise.resolve();
    while (this.#unsent.length > 0 && !this.#closed) {
      const numbers = this.#take();
      const [first] = numbers;
      const [low] = this.#waiting.keys();
      if (first === undefined || low === undefined) continue;
      const commands = numbers.map((number) => this.#waiting.get(number)?.text ?? 'null');
      const answer = await this.#parts.send(formatGroup(this.#parts.session, low, first, commands));
      if (answer === 'ok') {
        this.#sent(numbers);
        continue;
      }
      if (answer === 'full') {
        for (const number of numbers) this.settle(number, { error: tooMany() });
        continue;
      }
      this.#unsent.unshift(...numbers);
      return;
    }
  }

  #sent(numbers: readonly number[]): void {
    const now = this.#parts.clock.now();
    for (const number of numbers) {
      const waiting = this.#waiting.get(number);
      if (waiting !== undefined) waiting.sentAt = now;
    }
  }

  // The next to be sent, as far as their numbers follow each other.
  #take(): readonly number[] {
    const [first = 0] = this.#unsent;
    let count = 0;
    let length = 0;
    while (count < mostTogether && this.#unsent[count] === first + count) {
      length += this.#waiting.get(first + count)?.text.length ?? Infinity;
      if (length > longestTogether && (count > 0 || length === Infinity)) break;
      count += 1;
    }
    return this.#unsent.splice(0, Math.max(1, count)).slice(0, count);
  }

  #sweepLater(): void {
    if (this.#sweeping || this.#closed) return;
    this.#sweeping = true;
    this.#parts.clock.schedule(sweepMs, () => {
      this.#sweeping = false;
      const now = this.#parts.clock.now();
      for (const [number, { deadline, reject }] of this.#waiting) {
        if (deadline > now) break;
        this.#waiting.delete(number);
        reject(timedOut(`there was no answer within ${this.#parts.timeoutMs} ms`));
      }
      // In V8 the tables that a map has outgrown lead to its present one: once one of them is old, all that ever was in
      // the map stays until the next full collection.
      this.#waiting = new Map(this.#waiting);
      this.flush();
      if (this.#waiting.size > 0) this.#sweepLater();
    });
  }
}

function textOf(command: RoutingCommand): string | ContactCenterError {
  const invalid = (why: string, cause?: unknown) =>
    new ContactCenterError('routing/invalid', `unable to apply routing command; ${why}`, {
      field: 'command',
      ...(cause !== undefined && { cause }),
    });
  if (typeof command !== 'object' || command === null || typeof command.type !== 'string')
    return invalid('it has no type');
  let text: string;
  try {
    text = JSON.stringify(command);
  } catch (error) {
    return invalid('it is not plain JSON', error);
  }
  return text.length > longestCommand ? invalid(`it has more than ${longestCommand} characters`) : text;
}

function tooMany(): ContactCenterError {
  const why = 'too many are under way';
  return new ContactCenterError('command/rate-limited', `unable to apply routing command; ${why}`, { retryable: true });
}

function timedOut(why: string, cause?: unknown): ContactCenterError {
  const details = { retryable: true, ...(cause !== undefined && { cause }) };
  return new ContactCenterError('command/timed-out', `unable to apply routing command; ${why}`, details);
}

function closedError(): ContactCenterError {
  return new ContactCenterError('session/closed', 'unable to apply routing command; the node is closed');
}
