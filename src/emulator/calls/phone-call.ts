import { createLive, type Live, type LiveSource } from 'onescreen';
import type { Party } from './call';
import { callError } from './call-error';
import type { CallMedia } from './call-media';
import type { CallSwitch } from './call-switch';
import { ends } from './end-reasons';
import type { EndFrame } from './frames';
import { hearingOf } from './hearing';

/** How a simulated phone's call stands. */
export interface PhoneCallState {
  readonly status: 'ringing' | 'connected' | 'held' | 'ended';
  readonly end?: EndFrame;
}

/** One call of a simulated phone: what the person there does and hears. */
export class PhoneCall {
  readonly id: string;
  readonly number: string;
  readonly state$: Live<PhoneCallState>;
  readonly #state: LiveSource<PhoneCallState>;
  readonly #party: Party;
  readonly #calls: CallSwitch;
  readonly #media: CallMedia;
  #tones = '';

  constructor(party: Party, number: string, parts: { calls: CallSwitch; media: CallMedia }) {
    this.id = party.id;
    this.number = number;
    this.#party = party;
    this.#calls = parts.calls;
    this.#media = parts.media;
    this.#state = createLive<PhoneCallState>(stateOf(party));
    this.state$ = this.#state.live;
  }

  /** Hangs up, or gives up while it rings. Again: no effect. */
  hangUp(): void {
    const { call } = this.#party;
    if (this.#party.status === 'ringing' && this.#party !== call.caller)
      return this.#calls.refuse(this.#party, ends.phoneDeclined);
    const others = this.#party === call.caller ? ends.callingPhoneHungUp : ends.calledPhoneHungUp;
    this.#calls.leave(this.#party, ends.hungUpHere, others);
  }

  /** Presses keys: `0`-`9`, `*`, `#`, `A`-`D`. Throws `call/gone` when the call is not connected. */
  sendTones(tones: string): void {
    if (!/^[0-9*#A-D]+$/.test(tones)) throw callError('send tones', ends.invalid);
    if (this.#party.status !== 'connected') throw callError('send tones', ends.callGone);
    this.#calls.tones(this.#party, tones);
  }

  /** Speaks with the voice of this seed from now on; undefined: is silent. */
  speak(seed: number | undefined): void {
    this.#party.voice = seed;
    this.#calls.refresh(this.#party.call);
  }

  /** Tones that others have sent, in order. */
  get tones(): string {
    return this.#tones;
  }

  /** Whom and what the person hears now: raw ids of others, or kinds of sounds such as `music`. */
  hears(): readonly string[] {
    const { heard, sounds } = hearingOf(this.#party.call);
    return (heard.get(this.#party) ?? []).map((id) => {
      const other = this.#party.call.live.find((party) => party.id === id);
      return other?.rawId ?? sounds.get(id)?.kind ?? id;
    });
  }

  /** Loudness of what the person hears, 0 to 1; 0 as long as no page has brought media. */
  heardLevel(): number {
    return this.#media.heardLevel(this.#party);
  }

  changed(): void {
    const next = stateOf(this.#party);
    if (next.status !== this.#state.value.status) this.#state.set(next);
    if (next.status === 'ended') this.#state.complete();
  }

  hearTone(tone: string): void {
    this.#tones += tone;
  }
}

function stateOf(party: Party): PhoneCallState {
  if (party.status === 'ended') return { status: 'ended', ...(party.end !== undefined && { end: party.end }) };
  if (party.status !== 'connected') return { status: 'ringing' };
  return { status: party.call.heldRemotely(party) ? 'held' : 'connected' };
}
