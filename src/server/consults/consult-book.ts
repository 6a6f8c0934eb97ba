import type { ProviderRefs } from '../chat-host';
import type { Conversation } from '../conversation';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from '../options';
import type { LiveTask } from '../task-record';
import { isSamePerson, type OpenConsult } from './open-consult';

/** All consults that have not ended. */
export class ConsultBook {
  readonly #options: ResolvedOptions;
  readonly #open = new Map<string, OpenConsult>();
  readonly #letGo = new WeakMap<Conversation, readonly ProviderRefs[]>();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  get(id: string): OpenConsult | undefined {
    return this.#open.get(id);
  }

  has(consult: OpenConsult): boolean {
    return this.#open.get(consult.record.id) === consult;
  }

  /** The conversation's, the oldest first. */
  of(conversation: Conversation): readonly OpenConsult[] {
    return [...this.#open.values()].filter((consult) => consult.conversation === conversation);
  }

  /** The one for which the task's agent was asked in. */
  forTask({ askedFor }: LiveTask): OpenConsult | undefined {
    return askedFor === undefined ? undefined : this.#open.get(askedFor);
  }

  add(consult: OpenConsult): void {
    this.#open.set(consult.record.id, consult);
  }

  remove(consult: OpenConsult): void {
    const { conversation, refs } = consult;
    consult.giveUp?.();
    this.#open.delete(consult.record.id);
    if (refs === undefined || consult.record.status !== 'ringing') return;
    this.#letGo.set(conversation, [...(this.#letGo.get(conversation) ?? []), refs]);
  }

  /** Whether somebody of these names was rung for a consult that has ended. */
  hasLetGo(conversation: Conversation, refs: ProviderRefs): boolean {
    return this.#letGo.get(conversation)?.some((one) => isSamePerson(one, refs)) === true;
  }

  close(): void {
    for (const consult of [...this.#open.values()]) this.remove(consult);
  }

  /** Does something about it when the conversation's turn comes; a failure is noted. */
  later(consult: Pick<OpenConsult, 'conversation'>, work: () => Promise<void>): void {
    consult.conversation.log.inTurn(work).catch((error: unknown) => this.failed(consult, error));
  }

  failed({ conversation: { id: conversationId } }: Pick<OpenConsult, 'conversation'>, error: unknown): void {
    this.#options.logger.error('consult-failed', { conversationId, ...errorFields(error) });
  }
}
