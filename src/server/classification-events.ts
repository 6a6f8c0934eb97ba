import { ContactCenterError } from 'onescreen';
import type { RoutingEngine, RoutingEvent } from 'onescreen/routing';
import type { ClassificationFaults } from './classification-faults';
import { wrapUpOf, type ResolvedOptions } from './options';
import { system, type TaskBoard } from './task-board';
import { withoutReason, type LiveTask } from './task-record';

type Event<Type extends RoutingEvent['type']> = Extract<RoutingEvent, { readonly type: Type }>;

/** Why a task waits in no queue: a policy is asked about it. A server that takes it up asks again. */
export const classifying = 'classifying';

/** What follows from classification for the task, its log and those who wait. */
export class ClassificationEvents {
  readonly #options: ResolvedOptions;
  readonly #engine: RoutingEngine;
  readonly #board: TaskBoard;
  readonly #queueChanged: (queueId: string) => void;
  readonly #faults: Pick<ClassificationFaults, 'of'>;

  constructor(
    options: ResolvedOptions,
    engine: RoutingEngine,
    board: TaskBoard,
    queueChanged: (queueId: string) => void,
    faults: Pick<ClassificationFaults, 'of'>,
  ) {
    this.#faults = faults;
    this.#options = options;
    this.#engine = engine;
    this.#board = board;
    this.#queueChanged = queueChanged;
  }

  requested(task: LiveTask, { taskId, policyId }: Event<'classification-requested'>): void {
    task.classification = { ...task.classification, policyId };
    const now = this.#engine.task(taskId);
    // Answered at once.
    if (now?.status !== 'classifying') return;
    task.record = { ...task.record, labels: now.labels, status: 'queued', reason: classifying };
    void this.#board.log(task, system);
    this.#queueChanged(task.record.queueId);
  }

  // That it is in its queue follows, and is taken down.
  classified(task: LiveTask, event: Event<'task-classified'>): void {
    const { at, policyId, priority, queueId, selectors } = event;
    task.classification = { policyId, selectors, answeredAt: at };
    const labels = this.#engine.task(event.taskId)?.labels ?? task.record.labels;
    task.record = { ...withoutReason(task.record), labels, priority };
    this.#goTo(task, queueId);
  }

  failed(task: LiveTask, event: Event<'classification-failed'>): void {
    const { at, taskId, policyId, fallbackQueueId } = event;
    this.#report(task, event);
    task.classification = { selectors: [], answeredAt: at, ...task.classification, policyId };
    task.record = { ...task.record, reason: 'classification-failed' };
    if (fallbackQueueId !== undefined) return this.#goTo(task, fallbackQueueId);
    if (this.#engine.task(taskId)?.status !== 'classification-failed') return;
    const { queueId } = task.record;
    this.#board.tell(system, { type: 'requeue', taskId, queueId, reason: 'classification-failed' });
  }

  #goTo(task: LiveTask, queueId: string): void {
    const before = task.record.queueId;
    if (queueId === before) return;
    task.record = { ...task.record, queueId, wrapUp: wrapUpOf(this.#options.queues.get(queueId)) };
    this.#queueChanged(before);
  }

  #report({ record }: LiveTask, event: Event<'classification-failed'>): void {
    const fault = this.#faults.of(event);
    // The vendor has been told of it already, with what was thrown.
    if (fault === 'threw') return;
    const { hooks, logger } = this.#options;
    const { policyId, taskId, reason } = event;
    const ids = { policyId, taskId, conversationId: record.conversationId };
    logger.error('classification-failed', { ...ids, reason: fault });
    const isLate = fault === 'timed-out';
    const error = new ContactCenterError(
      isLate ? 'command/timed-out' : 'routing/invalid',
      `unable to classify task; its policy ${reason}`,
    );
    hooks.report(error, { hook: 'classification', ...ids });
  }
}
