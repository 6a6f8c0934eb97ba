import { toContactCenterError, type ContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  restoreRouting,
  saveRouting,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type RoutingOptions,
  type RoutingView,
  type SavedRouting,
} from 'onescreen/routing';
import type { LogBatch } from './log-batch';
import { Sessions, type SavedSession } from './sessions';

/** A question to a strategy or to a classification policy that is not answered yet. */
export type Question = Extract<RoutingEvent, { readonly type: 'decision-requested' | 'classification-requested' }>;

/** What became of a command. */
export type Outcome = { readonly events: readonly RoutingEvent[] } | { readonly error: ContactCenterError };

/** Everything that the log has led to up to a batch, as plain JSON. */
export interface SavedReplica {
  readonly version: 1;
  readonly batch: number;
  readonly at: number;
  readonly seq: number;
  readonly sessions: readonly SavedSession[];
  readonly questions: readonly Question[];
  readonly routing: SavedRouting;
}

interface ReplicaParts {
  readonly engine: RoutingOptions;
  /** Whose commands are answered here. */
  readonly node: string;
  /** Called with what a batch did, in order. */
  readonly onEvents: (events: readonly RoutingEvent[]) => void;
  /** Called for every command of this node when it is done. */
  readonly onDone: (number: number, outcome: Outcome) => void;
}

/** So many batches back it is remembered how many events there were, to compare with what the leader had. */
const remembered = 256;

/** Most questions that are put behind a batch, beside those that its commands led to. */
const mostTicks = 32;

/**
 * The engine as the log has it so far. Nothing but batches of the log, in their order, changes it, so that it is the
 * same on every node once the same batch was applied.
 */
export class Replica {
  readonly #parts: ReplicaParts;
  #engine: RoutingEngine;
  #sessions: Sessions;
  #batch = 0;
  #at = 0;
  #seq = 0;
  #questions = new Map<string, Question>();
  #seqs: number[] = [];
  readonly view: RoutingView;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#engine = createRoutingEngine(parts.engine);
    this.#sessions = new Sessions();
    this.view = {
      explain: (taskId, now) => this.#engine.explain(taskId, now),
      position: (taskId, now) => this.#engine.position(taskId, now),
      task: (id) => this.#engine.task(id),
      worker: (id) => this.#engine.worker(id),
      offer: (id) => this.#engine.offer(id),
      queue: (id) => this.#engine.queue(id),
      tasks: () => this.#engine.tasks(),
      workers: () => this.#engine.workers(),
    };
  }

  /** Number of the last batch applied. */
  get batch(): number {
    return this.#batch;
  }

  /** Time of the last batch applied, epoch ms. */
  get at(): number {
    return this.#at;
  }

  get seq(): number {
    return this.#seq;
  }

  get wakeAt(): number | undefined {
    return this.#engine.wakeAt;
  }

  get questions(): Iterable<Question> {
    return this.#questions.values();
  }

  get engine(): RoutingEngine {
    return this.#engine;
  }

  isOpen(question: Question): boolean {
    if (question.type === 'decision-requested') return this.#engine.decision(question.decisionId) !== undefined;
    return this.#engine.classification(question.taskId)?.id === question.classificationId;
  }

  /**
   * Applies batch `number`; one applied before changes nothing. Returns `gap` when others are missing before it, and
   * `differs` when this engine did not do what the leader's did; both times nothing was applied.
   */
  apply(number: number, { at, seen, groups }: LogBatch): 'applied' | 'gap' | 'differs' {
    if (number <= this.#batch) return 'applied';
    if (number > this.#batch + 1) return 'gap';
    const [seenBatch, seenSeq] = seen;
    const own = seenBatch === this.#batch ? this.#seq : this.#seqs[seenBatch % remembered];
    if (own !== undefined && this.#batch - seenBatch < remembered && own !== seenSeq) return 'differs';
    this.#batch = number;
    this.#at = Math.max(this.#at, at);
    const all: RoutingEvent[] = [];
    const done: (readonly [number: number, outcome: Outcome])[] = [];
    for (const [node, low, first, commands] of groups) {
      let next = first;
      for (const command of commands) {
        const count = next;
        next += 1;
        if (node !== '' && !this.#sessions.admit(node, count, low, this.#at)) continue;
        const outcome = this.#do(command, all);
        if (node === this.#parts.node) done.push([count, outcome]);
      }
    }
    // The engine stops behind each question; the next are put now, and not one with each batch.
    for (let ticks = 0; ticks < mostTicks && this.#isDue && this.#tick(all); ticks += 1);
    this.#sessions.sweep(this.#at);
    this.#note(all);
    this.#seqs[number % remembered] = this.#seq;
    if (all.length > 0) this.#parts.onEvents(all);
    for (const [count, outcome] of done) this.#parts.onDone(count, outcome);
    return 'applied';
  }

  /** Whether a command of a node was done, as far as that is still remembered. */
  wasDone(node: string, number: number): boolean {
    return this.#sessions.has(node, number);
  }

  save(): SavedReplica {
    return {
      version: 1,
      batch: this.#batch,
      at: this.#at,
      seq: this.#seq,
      sessions: this.#sessions.save(),
      questions: [...this.#questions.values()],
      routing: saveRouting(this.#engine),
    };
  }

  /** Goes on from what was saved, whatever it was before. Throws `routing/invalid` when the engine does not take it. */
  restore(saved: SavedReplica): void {
    this.#engine = restoreRouting(this.#parts.engine, saved.routing);
    this.#sessions = new Sessions(saved.sessions);
    this.#batch = saved.batch;
    this.#at = saved.at;
    this.#seq = saved.seq;
    this.#questions = new Map(saved.questions.map((each) => [questionId(each), each]));
    this.#seqs = [];
  }

  /** Begins anew, from nothing. */
  reset(): void {
    this.#engine = createRoutingEngine(this.#parts.engine);
    this.#sessions = new Sessions();
    this.#batch = 0;
    this.#at = 0;
    this.#seq = 0;
    this.#questions = new Map();
    this.#seqs = [];
  }

  get #isDue(): boolean {
    const { wakeAt } = this.#engine;
    return wakeAt !== undefined && wakeAt <= this.#at;
  }

  // What is due goes first, so that the command is refused where time has overtaken it.
  #do(command: RoutingCommand, all: RoutingEvent[]): Outcome {
    const from = all.length;
    try {
      if (this.#isDue) this.#tick(all);
      const wasQuiet = all.length === from;
      const events = this.#engine.apply(command, this.#at);
      for (const event of events) all.push(event);
      return { events: wasQuiet ? events : all.slice(from) };
    } catch (error) {
      return {
        error: toContactCenterError(error, 'routing/invalid', 'unable to apply routing command; it makes no sense'),
      };
    }
  }

  // Whether anything happened.
  #tick(all: RoutingEvent[]): boolean {
    const events = this.#engine.apply({ type: 'tick' }, this.#at);
    all.push(...events);
    return events.length > 0;
  }

  #note(events: readonly RoutingEvent[]): void {
    for (const event of events) if (isQuestion(event)) this.#questions.set(questionId(event), event);
    this.#seq = events.at(-1)?.seq ?? this.#seq;
    for (const [id, question] of this.#questions) if (!this.isOpen(question)) this.#questions.delete(id);
  }
}

/** The id that an answer names. */
export function questionId(question: Question): string {
  return question.type === 'decision-requested' ? question.decisionId : question.classificationId;
}

function isQuestion(event: RoutingEvent): event is Question {
  return event.type === 'decision-requested' || event.type === 'classification-requested';
}
