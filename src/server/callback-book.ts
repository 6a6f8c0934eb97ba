import type { CallbackRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import type { Conversation } from './conversation';
import type { PromisedCallback } from './promised-callback';

/** All promises that are not kept yet, one to a conversation, and who is told of them. */
export class CallbackBook {
  readonly #agents: Agents;
  readonly #promised = new Map<string, PromisedCallback>();
  readonly #byConversation = new Map<string, PromisedCallback>();
  readonly #byTask = new Map<string, PromisedCallback>();

  constructor(agents: Agents) {
    this.#agents = agents;
  }

  get(callbackId: string): PromisedCallback | undefined {
    return this.#promised.get(callbackId);
  }

  of({ id }: Conversation): PromisedCallback | undefined {
    return this.#byConversation.get(id);
  }

  forTask(taskId: string): PromisedCallback | undefined {
    return this.#byTask.get(taskId);
  }

  /** Of the agent's queues, the earliest first. */
  listFor({ identity }: Agent): readonly CallbackRecord[] {
    return [...this.#promised.values()]
      .map(({ record }) => record)
      .filter(({ queueId }) => identity.queues.includes(queueId))
      .sort((one, other) => one.dueAt - other.dueAt);
  }

  add(promised: PromisedCallback): void {
    this.#promised.set(promised.record.id, promised);
    this.#byConversation.set(promised.conversation.id, promised);
    this.tell(promised.record.queueId);
  }

  /** Its task exists from now on. */
  hasTask(promised: PromisedCallback): void {
    this.#byTask.set(promised.taskId, promised);
  }

  /** Its task does not exist after all. */
  hasNoTask({ taskId }: PromisedCallback): void {
    this.#byTask.delete(taskId);
  }

  remove(promised: PromisedCallback): void {
    const { record, conversation, taskId, due } = promised;
    due();
    this.#promised.delete(record.id);
    this.#byTask.delete(taskId);
    if (this.#byConversation.get(conversation.id) === promised) this.#byConversation.delete(conversation.id);
    this.tell(record.queueId);
  }

  /** Tells the agents of a queue how things stand. */
  tell(queueId: string): void {
    for (const agent of this.#agents.all()) {
      if (agent.identity.queues.includes(queueId)) agent.push({ type: 'callbacks', callbacks: this.listFor(agent) });
    }
  }

  close(): void {
    for (const { due } of this.#promised.values()) due();
    this.#promised.clear();
    this.#byConversation.clear();
    this.#byTask.clear();
  }
}
