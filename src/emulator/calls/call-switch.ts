import type { Clock, Random } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import { Call, Party, type Line, type PartyOptions } from './call';
import type { CallFaultRules } from './call-faults';
import type { CallMedia } from './call-media';
import { CallRefusal, ends } from './end-reasons';
import type { ContextFrame, EndFrame } from './frames';
import type { Sound } from './media-unit';

export interface Invitation {
  readonly rawId: string;
  readonly displayName?: string | undefined;
  readonly addedBy?: Party | undefined;
  readonly context?: ContextFrame | undefined;
  /** Milliseconds until nobody has answered. */
  readonly timeoutMs: number;
  readonly onAnswer?: ((end: EndFrame | undefined) => void) | undefined;
}

export interface SwitchParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ActivityLog;
  readonly media: CallMedia;
  readonly faults: CallFaultRules;
}

/** The state of all calls and the only place that changes it. It knows lines, not what is behind them. */
export class CallSwitch {
  readonly #parts: SwitchParts;
  readonly #calls = new Set<Call>();

  constructor(parts: SwitchParts) {
    this.#parts = parts;
  }

  get calls(): Iterable<Call> {
    return this.#calls;
  }

  /** A new call with nobody in it but who makes it. */
  open(caller: Omit<PartyOptions, 'id'>, group = false): Party {
    const { clock, random } = this.#parts;
    const call = new Call(random.id(), random.id(), clock.now());
    call.group = group;
    const party = new Party(call, { ...caller, id: random.id() });
    call.parties.push(party);
    this.#calls.add(call);
    this.#note(party, 'opened');
    return party;
  }

  /** Rings somebody for a call. What becomes of it is in the party and told to `onAnswer`. */
  invite(call: Call, line: Line, invitation: Invitation): Party {
    const { clock, random, faults } = this.#parts;
    const { rawId, displayName, addedBy, timeoutMs, onAnswer } = invitation;
    const context = faults.takeLostContext() ? undefined : invitation.context;
    const party = new Party(call, { id: random.id(), rawId, displayName, line, addedBy, context, onAnswer });
    call.parties.push(party);
    if (call.people.length > 2) call.group = true;
    const failure = addedBy === undefined ? undefined : faults.takeFailure();
    if (failure !== undefined) {
      this.refuse(party, failure);
      return party;
    }
    party.cancelTimer = clock.schedule(timeoutMs, () => this.refuse(party, line.noAnswer));
    const delayMs = faults.takeDelay();
    const lost = faults.takeLostRing();
    const ring = () => {
      if (party.status !== 'connecting') return;
      party.status = 'ringing';
      const end = lost ? undefined : line.ring(party);
      if (end !== undefined) return this.refuse(party, end);
      if (call.caller?.status === 'connecting') call.caller.status = 'ringing';
      this.#note(party, 'ringing');
      this.#settle(call);
    };
    if (delayMs > 0) clock.schedule(delayMs, ring);
    else ring();
    return party;
  }

  /** Everybody whom the caller wants has been rung: from now on a call with nobody left to talk to ends. */
  begin(call: Call): void {
    call.begun = true;
    this.#settle(call);
  }

  /** Somebody who was rung has answered. Throws CallRefusal when it rings no more. */
  accept(party: Party, muted = false): void {
    if (party.status !== 'ringing') throw new CallRefusal(ends.acceptTooLate);
    party.cancelTimer();
    party.status = 'connected';
    party.joined = true;
    party.muted = muted;
    const { caller } = party.call;
    if (caller !== undefined && caller.status !== 'ended') {
      caller.status = 'connected';
      caller.joined = true;
    }
    this.#note(party, 'connected');
    party.onAnswer(undefined);
    this.#settle(party.call);
  }

  /** A ring has come to nothing: `end` tells whoever waited for it, `ringEnd` whoever was rung. */
  refuse(party: Party, end: EndFrame, ringEnd: EndFrame = end): void {
    if (party.status !== 'ringing' && party.status !== 'connecting') return;
    if (party === party.call.caller) return this.leave(party, end, end);
    this.#end(party, end, ringEnd);
    party.call.lastEnd = end;
    this.#settle(party.call);
  }

  /** Takes a party out: `end` is what it gets to read, `others` what those do who are left alone by that. */
  leave(party: Party, end: EndFrame, others: EndFrame): void {
    if (party.status === 'ended') return;
    this.#end(party, end);
    party.call.lastEnd = others;
    this.#settle(party.call);
  }

  /** Ends a call for everyone. */
  endAll(call: Call, end: EndFrame, self?: Party): void {
    for (const party of call.live) this.#end(party, this.#endFor(party, party === self ? ends.hungUpHere : end));
    this.#settle(call);
  }

  mute(party: Party, muted: boolean, byOthers = false): void {
    party.muted = muted;
    party.mutedByOthers = byOthers && muted;
    this.#settle(party.call);
  }

  hold(party: Party, held: boolean): void {
    party.held = held;
    this.#settle(party.call);
  }

  holdByServer(party: Party, held: boolean): void {
    party.heldByServer = held;
    this.#settle(party.call);
  }

  record(call: Call, on: boolean): void {
    call.recording = on;
    this.#settle(call);
  }

  /** Plays a sound under a name until it is stopped. */
  play(call: Call, name: string, sound: Sound, to: string | undefined): void {
    call.plays.set(name, { sound, to });
    this.#settle(call);
  }

  stopPlaying(call: Call, name: string): void {
    if (call.plays.delete(name)) this.#settle(call);
  }

  /** Tones reach everybody else who is in the call and not on hold, or one of them. */
  tones(from: Party, tones: string, to?: Party): void {
    const { call } = from;
    const hearers = to === undefined ? call.others(from) : [to];
    for (const tone of tones) {
      for (const party of hearers) {
        if (party.status === 'connected' && !(to === undefined && party.onHold))
          party.line.tone(party, from.rawId, tone);
      }
    }
  }

  /** Tells everybody again how the call stands. */
  refresh(call: Call): void {
    this.#settle(call);
  }

  /** Somebody who waits gets to read that the caller has given up, whatever the others do. */
  #endFor(party: Party, end: EndFrame): EndFrame {
    return party.status === 'ringing' && party !== party.call.caller ? ends.callerCancelled : end;
  }

  #end(party: Party, end: EndFrame, ringEnd: EndFrame = end): void {
    const waited = party.status !== 'connected' && party !== party.call.caller;
    party.cancelTimer();
    party.status = 'ended';
    party.end = end;
    party.call.departed.push(party);
    this.#parts.media.close(party);
    this.#note(party, 'ended', end);
    if (party.kind === 'server') forgetServer(party.call);
    if (waited) party.onAnswer(end);
    party.line.ended(party, ringEnd);
  }

  /** Draws the consequences of a change, and tells everybody. */
  #settle(call: Call): void {
    if (call.over) return;
    this.#endWhoIsAlone(call);
    if (call.live.length === 0) call.over = true;
    for (const party of call.live) party.line.changed(party);
    call.departed.length = 0;
    this.#parts.media.apply(call);
    if (call.over) this.#calls.delete(call);
  }

  #endWhoIsAlone(call: Call): void {
    const { caller, server, people, lastEnd = ends.hungUpThere } = call;
    if (!call.begun && caller?.status !== 'ended') return;
    const waiting = people.filter((party) => party !== caller && party.status !== 'connected');
    const present = people.length - waiting.length;
    const lives = server === undefined ? present > 1 || (present === 1 && waiting.length > 0) : people.length > 0;
    if (lives) return;
    for (const party of call.live) this.#end(party, this.#endFor(party, lastEnd));
  }

  #note(party: Party, what: 'opened' | 'ringing' | 'connected' | 'ended', end?: EndFrame): void {
    this.#parts.log.add({
      kind: 'call',
      call: party.call.id,
      what,
      party: party.kind,
      ...(end !== undefined && { code: end.code, subCode: end.subCode }),
    });
  }
}

/** What only a server does ends with it. */
function forgetServer(call: Call): void {
  call.plays.clear();
  call.recording = false;
  for (const party of call.live) party.heldByServer = false;
}
