import { ContactCenterError, type Cancel } from 'onescreen';
import type { AgentCommands, AgentPush } from '../protocol/agent-frames';
import type { Actor, TaskRecord, WrapUpDraftRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import { commandUnderWay } from './command-context';
import type { ResolvedOptions } from './options';
import type { Session } from './session';
import { actorIn, system, type TaskBoard } from './task-board';
import type { LiveTask } from './task-record';

type Args<Name extends keyof AgentCommands> = AgentCommands[Name]['args'];

/** Why a wrap-up has ended that the agent has not completed. */
const atLimit = 'wrap-up-limit';

/** The after-work of tasks: what agents write down for it, how long it may take, and how it ends. */
export class WrapUps {
  readonly #options: ResolvedOptions;
  readonly #board: TaskBoard;
  /** By task: until its wrap-up is completed by itself. */
  readonly #limits = new Map<string, Cancel>();

  constructor({ options, board }: { readonly options: ResolvedOptions; readonly board: TaskBoard }) {
    this.#options = options;
    this.#board = board;
  }

  /** What the agent has written down, by task. */
  draftsOf(agent: Agent): Readonly<Record<string, WrapUpDraftRecord>> | undefined {
    const drafts = [...agent.tasks.keys()].flatMap((id) => {
      const draft = this.#board.task(id)?.draft;
      return draft === undefined ? [] : [[id, draft] as const];
    });
    return drafts.length === 0 ? undefined : Object.fromEntries(drafts);
  }

  /** Takes down what one of the agent's pages has written, and tells the others. */
  save(agent: Agent, page: Session<AgentPush>, { taskId, ...change }: Args<'wrap-up/save'>): void {
    const task = this.#board.task(taskId);
    const status = task?.acceptance?.agentId === agent.id ? task.record.status : undefined;
    const action = status === 'wrapping' || status === 'assigned' ? status : 'wrapping';
    const { record } = this.#board.require(agent, taskId, action, 'save wrap-up');
    checkKnown(record, change.disposition, 'save');
    if (task === undefined) return;
    const { disposition = '', ...rest } = { ...task.draft, ...change };
    const draft = disposition === '' ? rest : { ...rest, disposition };
    task.draft = draft;
    for (const other of agent.sessions.values())
      if (other !== page) other.push({ type: 'wrap-up-draft', taskId, draft });
  }

  async extend(agent: Agent, taskId: string): Promise<{ readonly endsAt?: number }> {
    const task = this.#board.require(agent, taskId, 'wrapping', 'extend wrap-up');
    const { wrapUp, wrapUpEndsAt, wrapUpExtensions = 0 } = task.record;
    const { limitMs, maxExtensions = Infinity } = wrapUp;
    if (limitMs === undefined || wrapUpEndsAt === undefined) return {};
    if (wrapUpExtensions >= maxExtensions) {
      const message = 'unable to extend wrap-up; it has been extended as often as its queue allows';
      throw new ContactCenterError('command/not-allowed', message, { reason: 'no-extension-left' });
    }
    const endsAt = Math.max(wrapUpEndsAt, this.#options.clock.now()) + limitMs;
    task.record = { ...task.record, wrapUpEndsAt: endsAt, wrapUpExtensions: wrapUpExtensions + 1 };
    this.taskChanged(task);
    await this.#board.log(task, actorIn(task.conversation, agent));
    return { endsAt };
  }

  async complete(agent: Agent, { taskId, closeAt, ...result }: Args<'wrap-up/complete'>): Promise<void> {
    const before = agent.letGo.of(taskId, 'completed');
    if (before !== undefined) return before;
    const task = this.#board.require(agent, taskId, 'wrapping', 'complete wrap-up');
    const draft = { ...task.draft, ...result };
    if (task.record.wrapUp.required && !draft.disposition)
      throw refused('complete', 'the queue asks for a disposition');
    checkKnown(task.record, draft.disposition, 'complete');
    const by = actorIn(task.conversation, agent);
    this.#note(task, draft, by);
    this.#board.tell(by, { type: 'close', taskId, ...(closeAt !== undefined && { closeAt }) });
    const done = task.conversation.log.settled();
    agent.letGo.add(taskId, 'completed', done);
    return done;
  }

  /** The agent will not come back: what it was wrapping up is completed as it is. */
  release(agent: Agent, reason: string): void {
    for (const taskId of [...agent.tasks.keys()]) {
      const task = this.#board.task(taskId);
      if (task?.record.status === 'wrapping') this.#end(task, agent, reason);
    }
  }

  /** To be told of everything that happens to a task: its limit counts as long as it is wrapped up. */
  taskChanged(task: LiveTask): void {
    const { id, status, wrapUp, wrapUpEndsAt } = task.record;
    this.#limits.get(id)?.();
    this.#limits.delete(id);
    // It is for whoever wrote it.
    if (status === 'queued') task.draft = undefined;
    if (status !== 'wrapping' || wrapUp.atLimit !== 'complete' || wrapUpEndsAt === undefined) return;
    const { clock, logger } = this.#options;
    const cancel = clock.schedule(wrapUpEndsAt - clock.now(), () => {
      this.#limits.delete(id);
      logger.info('wrap-up-limit', { taskId: id });
      const agentId = task.acceptance?.agentId;
      this.#end(task, agentId === undefined ? undefined : { id: agentId }, atLimit);
    });
    this.#limits.set(id, cancel);
  }

  close(): void {
    for (const cancel of this.#limits.values()) cancel();
    this.#limits.clear();
  }

  /** Nobody completes it: it ends with what was written down so far. */
  #end(task: LiveTask, agent: Pick<Agent, 'id'> | undefined, reason: string): void {
    const { record, conversation } = task;
    const { limitDisposition } = record.wrapUp;
    const taken = reason === atLimit && limitDisposition !== undefined ? { disposition: limitDisposition } : {};
    const by: Actor = agent === undefined ? system : actorIn(conversation, agent);
    this.#note(task, { ...taken, ...task.draft }, by);
    task.record = { ...task.record, reason };
    this.#board.tell(system, { type: 'close', taskId: record.id });
  }

  #note(task: LiveTask, { disposition = '', notes = '', labels }: WrapUpDraftRecord, by: Actor): void {
    const { conversation, record } = task;
    if (notes !== '' && commandUnderWay()?.begun?.includes('note') !== true) {
      void this.#board.inTurn(conversation, async () => {
        await conversation.append(by, { type: 'note', text: notes });
      });
    }
    task.record = {
      ...record,
      ...(disposition !== '' && { disposition }),
      ...(labels !== undefined && { labels: { ...record.labels, ...labels } }),
    };
  }
}

function checkKnown({ wrapUp }: TaskRecord, disposition = '', action: string): void {
  if (disposition === '' || wrapUp.dispositions.some(({ code }) => code === disposition)) return;
  throw refused(action, 'the queue has no such disposition');
}

function refused(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action} wrap-up; ${why}`, { field: 'disposition' });
}
