import type { Clock, Random } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import {
  Call,
  Party,
  type CallMeeting,
  type Line,
  type PartyOptions,
  type Play,
  type PlayEnd,
  type RecordingState,
} from './call';
import type { CallFaultRules } from './call-faults';
import type { CallMedia } from './call-media';
import { CallRefusal, ends } from './end-reasons';
import type { ContextFrame, EndFrame } from './frames';
import type { Sound } from './media-unit';

/** A sound to be played, under a name. */
export interface PlayRequest {
  readonly by: Party;
  readonly name: string;
  readonly sound: Sound;
  /** Raw id; left out: to everybody. */
  readonly to: string | undefined;
  /** Left out: until it is stopped. */
  readonly durationMs: number | undefined;
  readonly onEnd: (end: PlayEnd) => void;
}

export interface TransferRequest {
  /** Who is given away. */
  readonly transferee: Party;
  /** Where it rings. */
  readonly line: Line;
  readonly rawId: string;
  readonly context?: ContextFrame | undefined;
  /** Milliseconds until nobody has answered. */
  readonly timeoutMs: number;
  /** Told once: undefined when the two are together, the end when nothing has changed. */
  readonly onEnd: (end: EndFrame | undefined) => void;
}

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
    call.caller = party;
    this.#calls.add(call);
    this.#note(party, 'opened');
    return party;
  }

  /** A call that somebody can enter who has opened one to do so: a meeting's. */
  openMeeting(meeting: CallMeeting): Call {
    const { clock, random } = this.#parts;
    const call = new Call(random.id(), random.id(), clock.now());
    call.group = true;
    call.begun = true;
    call.meeting = meeting;
    this.#calls.add(call);
    return call;
  }

  /** Whoever has opened a call, alone, is in another one instead; or waits for it, in its lobby. */
  enter(party: Party, to: Call, where: 'in' | 'in-lobby'): void {
    const from = party.call;
    if (from !== to) {
      from.parties.splice(from.parties.indexOf(party), 1);
      from.over = true;
      this.#calls.delete(from);
      this.#parts.media.moved(party, from);
      this.#parts.media.apply(from);
      party.call = to;
    }
    if (where === 'in-lobby') party.status = 'in-lobby';
    else {
      party.cancelTimer();
      party.status = 'connected';
      party.joined = true;
      to.parties.push(party);
      this.#note(party, 'connected');
    }
    this.#settle(to);
  }

  /** Somebody is in a call at once, without a ring: another server. */
  attach(call: Call, options: Omit<PartyOptions, 'id'>): Party {
    const party = new Party(call, { ...options, id: this.#parts.random.id() });
    party.status = 'connected';
    party.joined = true;
    call.parties.push(party);
    this.#note(party, 'connected');
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

  /** Rings somebody else in the place of who rings. */
  redirect(party: Party, line: Line, invitation: Invitation): Party {
    const { call } = party;
    if (party.status !== 'ringing') throw new CallRefusal(ends.callGone);
    call.begun = false;
    this.#end(party, ends.redirected);
    const next = this.invite(call, line, invitation);
    this.begin(call);
    return next;
  }

  /**
   * Rings somebody in a call of its own; when it is answered, the transferee goes over to it, and the old call goes on
   * without, or ends when nobody else is left to talk to. Until then nothing changes. Returns who rings.
   */
  transfer({ transferee, line, rawId, context, timeoutMs, onEnd }: TransferRequest): Party {
    const { clock, random } = this.#parts;
    const from = transferee.call;
    if (transferee.status !== 'connected') throw new CallRefusal(ends.callGone);
    if (transferee.successor !== undefined) throw new CallRefusal(ends.transferConflict);
    if (from.find(rawId) !== undefined) throw new CallRefusal(ends.inCallAlready);
    const next = new Call(random.id(), random.id(), clock.now());
    this.#calls.add(next);
    const onAnswer = (end: EndFrame | undefined) => {
      transferee.successor = undefined;
      if (end === undefined) {
        next.begun = true;
        transferee.call.lastEnd = ends.transferred;
        this.#move(transferee, next, ends.transferred);
      }
      onEnd(end);
    };
    const party = this.invite(next, line, { rawId, addedBy: transferee, context, timeoutMs, onAnswer });
    if (party.status !== 'ended') transferee.successor = party;
    return party;
  }

  /** Takes somebody over from another call; what its server did to them ends. */
  move(party: Party, to: Call): void {
    if (party.status !== 'connected' || party.call === to) throw new CallRefusal(ends.callGone);
    if (party.successor !== undefined) throw new CallRefusal(ends.transferConflict);
    if (to.find(party.rawId) !== undefined) throw new CallRefusal(ends.inCallAlready);
    party.call.lastEnd = ends.hungUpThere;
    this.#move(party, to, ends.movedAway);
    this.#settle(to);
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
    for (const party of everybody(call)) this.#end(party, this.#endFor(party, party === self ? ends.hungUpHere : end));
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

  record(call: Call, state: RecordingState): void {
    call.recording = state;
    this.#settle(call);
  }

  /** Plays a sound under a name until it has been played or is stopped. */
  play({ by, name, sound, to, durationMs, onEnd }: PlayRequest): void {
    const { call } = by;
    const play: Play = { sound, to, by, onEnd, cancelTimer: () => {} };
    call.plays.set(name, play);
    if (durationMs !== undefined) {
      play.cancelTimer = this.#parts.clock.schedule(durationMs, () => this.#endPlay(call, name, 'completed'));
    }
    this.#settle(call);
  }

  stopPlaying(call: Call, name: string): void {
    this.#endPlay(call, name, 'stopped');
  }

  /** Tones reach everybody else who is in the call, or one of them. Who is on hold reaches servers alone, and only they do. */
  tones(from: Party, tones: string, to?: Party): void {
    const { call } = from;
    const reaches = (party: Party) =>
      party.status === 'connected' && (to !== undefined || party.kind === 'server' || (!party.onHold && !from.onHold));
    const hearers = to === undefined ? call.others(from) : [to];
    for (const tone of tones) for (const party of hearers) if (reaches(party)) party.line.tone(party, from.rawId, tone);
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
    if (party.call.parties.includes(party)) party.call.departed.push({ party, end });
    this.#parts.media.close(party);
    this.#note(party, 'ended', end);
    this.#endPlaysOf(party);
    if (party.kind === 'server' && party.call.server === undefined) forgetServer(party.call);
    if (waited) party.onAnswer(end);
    party.line.ended(party, ringEnd);
    if (party.successor !== undefined) this.refuse(party.successor, ends.callGone, ends.callerCancelled);
  }

  #move(party: Party, to: Call, end: EndFrame): void {
    const from = party.call;
    this.#endPlaysOf(party);
    from.parties.splice(from.parties.indexOf(party), 1);
    if (from.caller === party) from.caller = undefined;
    from.departed.push({ party, end });
    party.call = to;
    party.held = false;
    party.heldByServer = false;
    to.parties.push(party);
    if (to.people.length > 2) to.group = true;
    this.#parts.media.moved(party, from);
    party.line.moved?.(party, this.#parts.random.id());
    this.#settle(from);
  }

  /** What a server played, or what was played to one alone, has lost its point. */
  #endPlaysOf(party: Party): void {
    const { call, rawId } = party;
    for (const [name, { to, by }] of [...call.plays])
      if (by === party || to === rawId) this.#removePlay(call, name, 'stopped');
  }

  #endPlay(call: Call, name: string, end: PlayEnd): void {
    if (this.#removePlay(call, name, end)) this.#settle(call);
  }

  #removePlay(call: Call, name: string, end: PlayEnd): boolean {
    const play = call.plays.get(name);
    if (play === undefined) return false;
    call.plays.delete(name);
    play.cancelTimer();
    play.onEnd(end);
    return true;
  }

  /** Draws the consequences of a change, and tells everybody. */
  #settle(call: Call): void {
    if (call.over) return;
    if (call.meeting === undefined) this.#endWhoIsAlone(call);
    call.meeting?.arrange();
    if (everybody(call).length === 0) call.over = true;
    for (const party of everybody(call)) party.line.changed(party);
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

/** Who is in a call or waits for it in its lobby. */
function everybody(call: Call): readonly Party[] {
  return call.meeting === undefined ? call.live : [...call.live, ...call.meeting.lobby];
}

/** What only a server does ends with the last one. */
function forgetServer(call: Call): void {
  call.recording = 'off';
  for (const party of call.live) party.heldByServer = false;
}
