import type { Classification, ClassificationPolicy, RoutingRules } from 'onescreen/routing';
import { serverRules, type ServerRules } from './server-rules';

/** The vendor's classification policies, asked once for each question, also where a server before this one was answered. */
export class Policies {
  readonly #policies: ReadonlyMap<string, ClassificationPolicy>;
  readonly #recalled = new Map<string, Classification | undefined>();
  /** For the engine. */
  readonly rules: RoutingRules;

  /** Throws `routing/invalid` for what makes no sense. */
  constructor(options: ServerRules) {
    serverRules(options);
    const { classification = [] } = options;
    this.#policies = new Map(classification.map((policy) => [policy.id, policy]));
    this.rules = serverRules({ ...options, classification: classification.map((policy) => this.#asked(policy)) });
  }

  get(id: string): ClassificationPolicy | undefined {
    return this.#policies.get(id);
  }

  /**
   * Has `enqueue` take a task up of which the answer is known, without asking again; `undefined`: its policy is asked, but
   * only once `enqueue` is over.
   */
  recalling(taskId: string, answer: Classification | undefined, enqueue: () => void): void {
    this.#recalled.set(taskId, answer);
    try {
      enqueue();
    } finally {
      this.#recalled.delete(taskId);
    }
  }

  #asked(policy: ClassificationPolicy): ClassificationPolicy {
    const { id, fallbackQueueId } = policy;
    return {
      id,
      ...(fallbackQueueId !== undefined && { fallbackQueueId }),
      classify: (task, chance) => {
        const ask = () => policy.classify(task, chance);
        if (!this.#recalled.has(task.id)) return ask();
        return this.#recalled.get(task.id) ?? Promise.resolve().then(ask);
      },
    };
  }
}
