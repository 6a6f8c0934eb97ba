import type { Clock, Random } from 'onescreen';
import { ContactCenterError } from 'onescreen';
import type { Line, Party } from '../calls/call';
import type { CallSwitch } from '../calls/call-switch';
import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import { voiceOf } from '../calls/phones';
import { rawIdOf } from './meeting-settings';

/** A person of the organization, simulated or at a page. */
export interface TeamsUserOptions {
  /** Object id. Default: a new one. */
  readonly objectId?: string;
  readonly displayName: string;
  /**
   * What they do when they are called or added: answer after so many milliseconds, never, or decline after 2 s; with
   * `page` they are somebody real, known by name and reached at their pages. Default 2,000.
   */
  readonly answers?: number | 'never' | 'declines' | 'page';
  /** Whether they are heard all the time they are in a call. Default false. A number is the seed of the voice. */
  readonly speaks?: boolean | number;
}

/** Somebody of the organization, as they are known. */
export interface TeamsUser {
  /** `8:orgid:…` */
  readonly rawId: string;
  readonly displayName: string;
  readonly answers: number | 'never' | 'declines' | 'page';
  /** Seed of the voice of somebody who is heard all the time. */
  readonly voice: number | undefined;
}

/** Milliseconds of ringing without anything else said (chosen). */
const answersAfterMs = 2_000;

/** Simulated people of the organization: experts and organizers. Whoever is not among them is reached at their pages. */
export class TeamsUsers {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #calls: CallSwitch;
  readonly #users = new Map<string, TeamsUser>();

  constructor(parts: { clock: Clock; random: Random; calls: CallSwitch }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#calls = parts.calls;
  }

  /** Adds somebody, or changes who has that id. */
  add(options: TeamsUserOptions): TeamsUser {
    const { objectId = this.#random.id(), displayName, answers = answersAfterMs, speaks = false } = options;
    if (typeof answers === 'number' && !(answers >= 0)) {
      throw new ContactCenterError('command/invalid', 'unable to add Teams user; answers is no duration', {
        field: 'answers',
      });
    }
    const rawId = rawIdOf(objectId);
    const user: TeamsUser = { rawId, displayName, answers, voice: seedOf(rawId, speaks) };
    this.#users.set(rawId, user);
    return user;
  }

  get(rawId: string): TeamsUser | undefined {
    return this.#users.get(rawId);
  }

  list(): readonly TeamsUser[] {
    return [...this.#users.values()];
  }

  /** How a simulated person is reached; undefined for anybody else. */
  line(rawId: string): Line | undefined {
    const user = this.#users.get(rawId);
    return user === undefined || user.answers === 'page'
      ? undefined
      : new TeamsUserLine((party) => this.#ring(party, user));
  }

  #ring(party: Party, { answers, voice }: TeamsUser): void {
    if (answers === 'never' || answers === 'page') return;
    if (answers === 'declines') {
      this.#clock.schedule(answersAfterMs, () => this.#calls.refuse(party, ends.declined));
      return;
    }
    this.#clock.schedule(answers, () => {
      if (party.status !== 'ringing') return;
      party.voice = voice;
      this.#calls.accept(party);
    });
  }
}

/** The line of somebody simulated, who needs no telling. */
export class TeamsUserLine implements Line {
  readonly kind = 'client';
  readonly noAnswer: EndFrame = ends.noEndpointAccepted;
  readonly #onRing: (party: Party) => void;

  constructor(onRing: (party: Party) => void = () => {}) {
    this.#onRing = onRing;
  }

  ring(party: Party): undefined {
    this.#onRing(party);
  }

  ended(): void {}

  changed(): void {}

  tone(): void {}
}

/** The voice of a simulated person, from the digits of their id. */
export function seedOf(rawId: string, speaks: boolean | number): number | undefined {
  return voiceOf(rawId.replace(/\D/g, '').padStart(9, '1'), speaks);
}
