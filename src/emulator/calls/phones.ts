import type { Clock } from 'onescreen';
import type { Line, Party } from './call';
import type { CallMedia } from './call-media';
import type { CallSwitch } from './call-switch';
import { callError } from './call-error';
import { carriedContext } from './custom-context';
import type { Destinations } from './destinations';
import { ends } from './end-reasons';
import type { ContextFrame, EndFrame } from './frames';
import { PhoneCall } from './phone-call';

/** What a simulated phone does when it is called. */
export interface PhoneBehaviour {
  /** Default `answer`. `unknown`: the number is not assigned. */
  readonly reaction?: 'answer' | 'busy' | 'decline' | 'no-answer' | 'unknown';
  /** Milliseconds of ringing before it answers or declines. Default 2,000. */
  readonly afterMs?: number;
  /** Whether somebody speaks once it is answered. Default true. A number is the seed of the voice; else the phone number is. */
  readonly speaks?: boolean | number;
  /** Milliseconds after which an answered phone hangs up. Default: it does not. */
  readonly hangsUpAfterMs?: number;
}

/** A call that a simulated phone makes. */
export interface PhoneCallRequest {
  /** A resource account (`28:orgid:…`), a number that one has, or any other raw id. */
  readonly to: string;
  readonly displayName?: string;
  readonly context?: ContextFrame;
  /** Default true. */
  readonly speaks?: boolean | number;
}

/** Milliseconds of ringing without anything else said (chosen). */
const answersAfterMs = 2_000;
/** Milliseconds in which the network finds a phone busy (chosen). */
const busyAfterMs = 500;

const e164 = /^\+[1-9]\d{1,14}$/;

/** Simulated phones: any number answers after 2 s and speaks, unless told otherwise. */
export class Phones {
  readonly #clock: Clock;
  readonly #calls: CallSwitch;
  readonly #media: CallMedia;
  readonly #destinations: Destinations;
  readonly #behaviours = new Map<string, PhoneBehaviour>();
  readonly #live = new Set<PhoneCall>();
  readonly #latest = new Map<string, PhoneCall>();

  constructor(parts: { clock: Clock; calls: CallSwitch; media: CallMedia; destinations: Destinations }) {
    this.#clock = parts.clock;
    this.#calls = parts.calls;
    this.#media = parts.media;
    this.#destinations = parts.destinations;
  }

  /** What a number does when it is called from now on. */
  set(number: string, behaviour: PhoneBehaviour): void {
    this.#behaviours.set(requireNumber(number), behaviour);
  }

  /** All numbers are as at the start again. */
  clear(): void {
    this.#behaviours.clear();
  }

  /** Makes a phone call somebody. Throws `command/invalid` for what is no E.164 number. */
  callFrom(number: string, { to, displayName, context, speaks = true }: PhoneCallRequest): PhoneCall {
    const rawId = `4:${requireNumber(number)}`;
    const target = to.startsWith('+') ? `4:${to}` : to;
    const carried = carriedContext(context);
    const line = new PhoneLine(this, number);
    const caller = this.#calls.open({ rawId, displayName, line });
    caller.voice = voiceOf(number, speaks);
    const handle = this.#track(caller, number);
    // A phone reaches pages only through a server, and no other phone.
    const found = target.startsWith('8:') ? ends.phoneUnknown : this.#destinations.find(target);
    if ('code' in found) caller.call.lastEnd = found;
    else if (found.line.kind === 'phone') caller.call.lastEnd = ends.phoneUnknown;
    else {
      this.#calls.invite(caller.call, found.line, {
        rawId: target,
        context: carried,
        timeoutMs: this.#destinations.ringMs(target),
      });
    }
    this.#calls.begin(caller.call);
    return handle;
  }

  /** The calls that phones are in or are called by, the oldest first. */
  get calls(): readonly PhoneCall[] {
    return [...this.#live];
  }

  /** The last call that a number made or got, ended or not. */
  latest(number: string): PhoneCall | undefined {
    return this.#latest.get(number);
  }

  line(number: string): Line {
    return new PhoneLine(this, number);
  }

  /** For lines: a phone is called. */
  rings(party: Party, number: string): EndFrame | undefined {
    const { reaction = 'answer', afterMs = answersAfterMs, ...rest } = this.#behaviours.get(number) ?? {};
    if (reaction === 'unknown') return ends.phoneUnknown;
    this.#track(party, number);
    if (reaction === 'busy') this.#clock.schedule(busyAfterMs, () => this.#calls.refuse(party, ends.phoneBusy));
    if (reaction === 'decline') this.#clock.schedule(afterMs, () => this.#calls.refuse(party, ends.phoneDeclined));
    if (reaction === 'answer') this.#clock.schedule(afterMs, () => this.#answer(party, number, rest));
    return undefined;
  }

  /** For lines. */
  handleOf(party: Party): PhoneCall | undefined {
    return [...this.#live].find((call) => call.id === party.id);
  }

  forget(handle: PhoneCall): void {
    this.#live.delete(handle);
  }

  #answer(party: Party, number: string, { speaks = true, hangsUpAfterMs }: PhoneBehaviour): void {
    if (party.status !== 'ringing') return;
    party.voice = voiceOf(number, speaks);
    this.#calls.accept(party);
    if (hangsUpAfterMs !== undefined)
      this.#clock.schedule(hangsUpAfterMs, () => this.#calls.leave(party, ends.hungUpHere, ends.calledPhoneHungUp));
  }

  #track(party: Party, number: string): PhoneCall {
    const handle = new PhoneCall(party, number, { calls: this.#calls, media: this.#media });
    this.#live.add(handle);
    this.#latest.delete(number);
    this.#latest.set(number, handle);
    for (const [oldest] of this.#latest) {
      if (this.#latest.size <= maxRemembered) break;
      this.#latest.delete(oldest);
    }
    return handle;
  }
}

/** Numbers whose last call is remembered (chosen). */
const maxRemembered = 1_000;

class PhoneLine implements Line {
  readonly kind = 'phone';
  readonly noAnswer: EndFrame = ends.phoneNoAnswer;
  readonly #phones: Phones;
  readonly #number: string;

  constructor(phones: Phones, number: string) {
    this.#phones = phones;
    this.#number = number;
  }

  ring(party: Party): EndFrame | undefined {
    return this.#phones.rings(party, this.#number);
  }

  changed(party: Party): void {
    this.#phones.handleOf(party)?.changed();
  }

  ended(party: Party): void {
    const handle = this.#phones.handleOf(party);
    if (handle === undefined) return;
    handle.changed();
    this.#phones.forget(handle);
  }

  tone(party: Party, _from: string, tone: string): void {
    this.#phones.handleOf(party)?.hearTone(tone);
  }
}

function requireNumber(number: string): string {
  if (e164.test(number)) return number;
  throw callError('use phone', { ...ends.invalid, message: 'the number is not in the form +4915…' });
}

/** The seed of a voice; the same number speaks with the same voice. */
export function voiceOf(number: string, speaks: boolean | number): number | undefined {
  if (speaks === false) return undefined;
  return speaks === true ? Number(number.slice(-9)) : speaks;
}
