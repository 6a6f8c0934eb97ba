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
import { fingerprintOf } from './fingerprint';
import { mix } from './hash';
import type { LogBatch } from './log-batch';
import { Reigns, type Reign } from './reigns';
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
  readonly digest: number;
  readonly reigns: readonly Reign[];
  readonly sessions: readonly SavedSession[];
  readonly questions: readonly Question[];
  readonly routing: SavedRouting;
}

interface ReplicaParts {
  readonly engine: RoutingOptions;
  /** Part of the fingerprint. */
  readonly revision: string | undefined;
  /** Whose commands are answered here. */
  readonly session: string;
  /** Called with what a batch did, in order. */
  readonly onEvents: (events: readonly RoutingEvent[]) => void;
  /** Called for every command of this node when it is done. */
  readonly onDone: (number: number, outcome: Outcome) => void;
  /** Called where it began anew and the log turns out to have another history than before from event `seq` on, exclusive. */
  readonly onForked: (seq: number) => void;
}

/** So many batches back it is remembered what had happened, to compare with what the leader had. */
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
  /** Of who was offered what, in order. */
  #digest = 0;
  #verified = 0;
  #questions = new Map<string, Question>();
  #seqs: number[] = [];
  #digests: number[] = [];
  #reigns = new Reigns();
  /** What it had before it began anew, as long as that is compared. */
  #former: { readonly batch: number; readonly reigns: Reigns } | undefined;
  /** Batches by any other are not applied. */
  readonly print: string;
  readonly view: RoutingView;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#engine = createRoutingEngine(parts.engine);
    this.print = fingerprintOf(parts.engine, parts.revision);
    this.#sessions = new Sessions();
    this.view = {
      explain: (taskId, now) => this.#engine.explain(taskId, now),
      position: (task, now) => this.#engine.position(task, now),
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

  /** Reign of the last batch applied. */
  get reign(): string {
    return this.#reigns.last;
  }

  get digest(): number {
    return this.#digest;
  }

  /** Number of the last event up to which a leader is known to have had the same. */
  get verified(): number {
    return this.#verified;
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
   * Applies batch `number`; one applied before changes nothing. Returns `gap` when others are missing before it, `forked`
   * when it does not come behind what was applied, `differs` when this engine did not do what the leader's did, and
   * `foreign` when it is decided by other options what the batch does; each time nothing was applied.
   */
  apply(number: number, batch: LogBatch): 'applied' | 'gap' | 'forked' | 'differs' | 'foreign' {
    if (number <= this.#batch) return 'applied';
    if (number > this.#batch + 1) return 'gap';
    const { reign, after, print, at, seen, groups, heir } = batch;
    if (reign !== this.reign && after !== this.reign) return 'forked';
    if (print !== this.print && heir === undefined) return 'foreign';
    if (!this.#agrees(seen)) return 'differs';
    this.#compare(number, reign);
    this.#reigns.note(reign, number, this.#seq);
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
        if (node === this.#parts.session) done.push([count, outcome]);
      }
    }
    // The engine stops behind each question; the next are put now, and not one with each batch.
    const most = heir === undefined ? mostTicks : 0;
    for (let ticks = 0; ticks < most && this.#isDue && this.#tick(all); ticks += 1);
    this.#sessions.sweep(this.#at);
    this.#note(all);
    this.#seqs[number % remembered] = this.#seq;
    this.#digests[number % remembered] = this.#digest;
    if (all.length > 0) this.#parts.onEvents(all);
    for (const [count, outcome] of done) this.#parts.onDone(count, outcome);
    return 'applied';
  }

  /** Whether a command of this node was done, as far as that is still remembered. */
  wasDone(number: number): boolean {
    return this.#sessions.has(this.#parts.session, number);
  }

  save(): SavedReplica {
    return {
      version: 1,
      batch: this.#batch,
      at: this.#at,
      seq: this.#seq,
      digest: this.#digest,
      reigns: this.#reigns.save(),
      sessions: this.#sessions.save(),
      questions: [...this.#questions.values()],
      routing: saveRouting(this.#engine),
    };
  }

  /** Goes on from what was saved, whatever it was before. Throws `routing/invalid` when the engine does not take it. */
  restore(saved: SavedReplica): void {
    this.#begin(restoreRouting(this.#parts.engine, saved.routing), new Sessions(saved.sessions), saved);
    this.#reigns = new Reigns(saved.reigns);
    this.#questions = new Map(saved.questions.map((each) => [questionId(each), each]));
    if (this.#former === undefined) return;
    const shared = Math.min(saved.batch, this.#former.batch);
    const { reigns } = this.#former;
    if (reigns.of(shared) !== this.#reigns.of(shared)) this.#fork(reigns.sharedWith(this.#reigns));
  }

  /** Begins anew, from nothing. */
  reset(): void {
    this.#begin(createRoutingEngine(this.#parts.engine), new Sessions(), { batch: 0, at: 0, seq: 0, digest: 0 });
  }

  #begin(engine: RoutingEngine, sessions: Sessions, from: Pick<SavedReplica, 'batch' | 'at' | 'seq' | 'digest'>): void {
    // Where it begins anew twice, what was told is what it had at first.
    if (this.#batch > (this.#former?.batch ?? 0)) this.#former = { batch: this.#batch, reigns: this.#reigns };
    this.#engine = engine;
    this.#sessions = sessions;
    this.#batch = from.batch;
    this.#at = from.at;
    this.#seq = from.seq;
    this.#digest = from.digest;
    this.#verified = from.seq;
    this.#questions = new Map();
    this.#seqs = [];
    this.#digests = [];
    this.#reigns = new Reigns();
  }

  // Whether the leader had the same up to a batch, as far as that is remembered.
  #agrees([batch, seq, digest]: LogBatch['seen']): boolean {
    const isLast = batch === this.#batch;
    const own = isLast ? this.#seq : this.#seqs[batch % remembered];
    if (own === undefined || this.#batch - batch >= remembered) return true;
    if (own !== seq || digest !== (isLast ? this.#digest : this.#digests[batch % remembered])) return false;
    this.#verified = seq;
    return true;
  }

  #compare(number: number, reign: string): void {
    if (this.#former === undefined) return;
    const { batch, reigns } = this.#former;
    if (number > batch) this.#former = undefined;
    else if (reigns.of(number) !== reign) this.#fork(this.#seq);
  }

  #fork(seq: number): void {
    this.#former = undefined;
    this.#parts.onForked(seq);
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
    for (const event of events) {
      if (isQuestion(event)) this.#questions.set(questionId(event), event);
      else if (event.type === 'offer-issued') this.#digest = mix(event.workerId, mix(event.taskId, this.#digest));
    }
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
