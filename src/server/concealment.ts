import type { LogEntry } from '../protocol/log-entry';
import { channelIdOf } from './customer-view';

/** What the customer is not told of, as long as it does not concern them: participants whom they do not hear, channels that they are not in. */
export class Concealment {
  readonly #participants = new Set<string>();
  readonly #channels = new Set<string>();
  /** What was said of them, by number. */
  readonly #hidden = new Map<number, LogEntry>();

  participant(id: string): void {
    this.#participants.add(id);
  }

  channel(id: string): void {
    this.#channels.add(id);
  }

  hasParticipant(id: string): boolean {
    return this.#participants.has(id);
  }

  hasChannel(id: string): boolean {
    return this.#channels.has(id);
  }

  isHidden({ seq }: LogEntry): boolean {
    return this.#hidden.has(seq);
  }

  /** What the log says from now on. */
  fold(entry: LogEntry): void {
    const channelId = channelIdOf(entry);
    if (channelId !== undefined && this.#channels.has(channelId)) this.#hidden.set(entry.seq, entry);
    else if (entry.type === 'participant-joined' && this.#participants.has(entry.participant.id)) {
      this.#hidden.set(entry.seq, entry);
    } else if (entry.type === 'participant-left' && this.#participants.delete(entry.participantId)) {
      this.#hidden.set(entry.seq, entry);
    }
  }

  /** The last that was said of somebody's coming, for the customer, who is told from now on. */
  revealParticipant(id: string, isPresent: boolean): readonly LogEntry[] {
    if (!this.#participants.delete(id) || !isPresent) return [];
    const joined = [...this.#hidden.values()].filter(
      (entry) => entry.type === 'participant-joined' && entry.participant.id === id,
    );
    return this.#shown(joined.slice(-1));
  }

  /** All that was said of a channel and in it, for the customer, who is told from now on. */
  revealChannel(id: string): readonly LogEntry[] {
    if (!this.#channels.delete(id)) return [];
    return this.#shown([...this.#hidden.values()].filter((entry) => channelIdOf(entry) === id));
  }

  #shown(entries: readonly LogEntry[]): readonly LogEntry[] {
    for (const { seq } of entries) this.#hidden.delete(seq);
    return entries;
  }
}
