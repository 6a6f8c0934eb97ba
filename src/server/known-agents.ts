import type { Agent } from './agent';
import type { StoredAgent } from './conversation-store';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from './options';

/** Has the store remember what agents want, each change after the one before. */
export class KnownAgents {
  readonly #options: ResolvedOptions;
  /** By agent: what was last given to the store. */
  readonly #told = new Map<string, string>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** What becomes of an agent who is not there does not count: back again, they are what they were. */
  keep({ id, availability, next, connected, gone }: Agent): void {
    if (connected) this.#tell(id, { id, availability, ...(next !== undefined && { next }) });
    else if (gone !== undefined) {
      const { availability: was, next: wanted, since: goneAt } = gone;
      this.#tell(id, { id, availability: was, ...(wanted !== undefined && { next: wanted }), goneAt });
    }
  }

  forget(agentId: string): void {
    this.#tell(agentId, undefined);
  }

  #tell(agentId: string, agent: StoredAgent | undefined): void {
    const { store, hooks, logger } = this.#options;
    if (store.keepAgent === undefined) return;
    const text = JSON.stringify(agent) ?? '';
    if (this.#told.get(agentId) === text) return;
    this.#told.set(agentId, text);
    const kept = this.#tail.then(() =>
      hooks.call({ hook: 'store.keepAgent', agentId }, () => store.keepAgent?.(agentId, agent)),
    );
    this.#tail = kept.catch((error: unknown) => {
      if (this.#told.get(agentId) === text) this.#told.delete(agentId);
      logger.error('agent-not-kept', { agentId, ...errorFields(error) });
    });
  }
}
