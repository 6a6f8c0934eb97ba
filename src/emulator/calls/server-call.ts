import { Subject, type Observable } from 'rxjs';
import type { Call, Party } from './call';
import { clientLineOf } from './call-clients';
import { callError } from './call-error';
import type { CallSwitch } from './call-switch';
import { carriedContext } from './custom-context';
import type { Destinations } from './destinations';
import { CallRefusal, ends } from './end-reasons';
import type { ContextFrame, EndFrame } from './frames';
import type { Sound } from './media-unit';

/** Somebody in a call as its server sees them. */
export interface ServerParticipant {
  readonly rawId: string;
  readonly displayName?: string;
  readonly muted: boolean;
  readonly onHold: boolean;
}

/** What a server learns of its call. */
export type ServerCallEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'participants'; readonly participants: readonly ServerParticipant[] }
  /** Somebody who was in the call has left, for whatever reason. */
  | { readonly kind: 'left'; readonly rawId: string; readonly end: EndFrame }
  | { readonly kind: 'tone'; readonly from: string; readonly tone: string }
  | { readonly kind: 'recording'; readonly active: boolean }
  /** The server's own part has ended; nothing comes after. */
  | { readonly kind: 'disconnected'; readonly end: EndFrame };

export interface AddRequest {
  /** Raw id. */
  readonly target: string;
  readonly context?: ContextFrame;
  /** Milliseconds until nobody has answered. Default: the longest that the service rings. */
  readonly timeoutMs?: number;
  /** Only endpoints with a Teams Phone extensibility token can take it; others end 408/10057. */
  readonly persona?: 'tpeAgent';
}

export interface ServerInvitation {
  readonly id: string;
  /** Under which id the callee's pages see the call; undefined for a phone. */
  readonly callId: string | undefined;
  /** Rejects with a `call/…` error that names code and subCode in `provider`. */
  readonly answered: Promise<ServerParticipant>;
  /** Withdraws it; false when it has been answered or has failed already. */
  cancel(): boolean;
}

export interface ServerCallParts {
  readonly calls: CallSwitch;
  readonly destinations: Destinations;
}

/** A call with a server in it that has no media of its own: what Call Automation can do. Commands throw a ContactCenterError, `call/gone` after the end. */
export class ServerCall {
  /** The server's connection with the call. */
  readonly id: string;
  /** Everything that happens, each event on a turn of its own. */
  readonly events$: Observable<ServerCallEvent>;
  readonly #events = new Subject<ServerCallEvent>();
  readonly #party: Party;
  readonly #parts: ServerCallParts;
  #plays = 0;
  #seen = '[]';
  #connected = false;
  #recording = false;

  constructor(party: Party, parts: ServerCallParts) {
    this.id = party.id;
    this.#party = party;
    this.#parts = parts;
    this.events$ = this.#events.asObservable();
  }

  get serverCallId(): string {
    return this.#party.call.id;
  }

  get correlationId(): string {
    return this.#party.call.correlationId;
  }

  /** Why it has ended; undefined as long as it has not. */
  get end(): EndFrame | undefined {
    return this.#party.end;
  }

  /** Everybody who is in the call, the server left out. */
  participants(): readonly ServerParticipant[] {
    return this.#party.call.people.filter(({ status }) => status === 'connected').map(describe);
  }

  /** Rings somebody. What becomes of it is in `answered`. */
  add({ target, context, timeoutMs, persona }: AddRequest): ServerInvitation {
    const { calls, destinations } = this.#parts;
    const call = this.#inCall('add participant');
    const there = call.find(target);
    if (target.startsWith('28:') || (there !== undefined && !this.lost(target)))
      throw callError('add participant', ends.inCallAlready);
    const carried = attempt('add participant', () => carriedContext(context));
    const found = destinations.find(target, undefined, persona);
    if ('code' in found) throw callError('add participant', found);
    if (there !== undefined) calls.leave(there, ends.vanished, ends.vanished);
    let settle: (end: EndFrame | undefined) => void = () => {};
    const ended = new Promise<EndFrame | undefined>((resolve) => (settle = resolve));
    const party = calls.invite(call, found.line, {
      rawId: target,
      addedBy: this.#party,
      context: carried,
      timeoutMs: timeoutMs ?? destinations.ringMs(target),
      onAnswer: (end) => settle(end),
    });
    const answered = ended.then((end) => {
      if (end !== undefined) throw callError('add participant', end);
      return describe(party);
    });
    // Whoever does not look at it must not crash for it.
    answered.catch(() => {});
    return {
      id: party.id,
      callId: party.kind === 'client' ? party.id : undefined,
      answered,
      cancel: () => {
        if (party.status !== 'ringing' && party.status !== 'connecting') return false;
        calls.refuse(party, ends.inviteCancelled, ends.callerCancelled);
        return true;
      },
    };
  }

  /** Whether somebody is in the call whose page has lost its connection; adding them again takes their place. */
  lost(rawId: string): boolean {
    const party = this.#party.call.find(rawId);
    return party?.status === 'connected' && clientLineOf(party)?.endpoint?.online === false;
  }

  remove(rawId: string): void {
    this.#parts.calls.leave(this.#find(rawId, 'remove participant'), ends.removedByServer, ends.hungUpThere);
  }

  /** Puts one participant on hold, with music. */
  hold(rawId: string): void {
    const party = this.#find(rawId, 'hold participant');
    this.#parts.calls.holdByServer(party, true);
  }

  unhold(rawId: string): void {
    this.#parts.calls.holdByServer(this.#find(rawId, 'resume participant'), false);
  }

  /** Plays a sound, to everybody or to one. Returns what stops it. */
  play(sound: Sound, to?: string): () => void {
    const call = this.#inCall('play sound');
    this.#plays += 1;
    const name = `play-${this.#plays}`;
    this.#parts.calls.play(call, name, sound, to);
    return () => this.#parts.calls.stopPlaying(call, name);
  }

  /** Presses keys for one participant to hear: `0`-`9`, `*`, `#`, `A`-`D`. */
  sendTones(rawId: string, tones: string): void {
    if (!/^[0-9*#A-D]+$/.test(tones)) throw callError('send tones', ends.invalid);
    this.#parts.calls.tones(this.#party, tones, this.#find(rawId, 'send tones'));
  }

  /** Mutes a participant, who can unmute; phones cannot be muted. */
  mute(rawId: string): void {
    const party = this.#find(rawId, 'mute participant');
    if (party.kind === 'phone') throw callError('mute participant', ends.onlyVoip);
    this.#parts.calls.mute(party, true, true);
  }

  startRecording(): void {
    this.#parts.calls.record(this.#inCall('start recording'), true);
  }

  stopRecording(): void {
    this.#parts.calls.record(this.#inCall('stop recording'), false);
  }

  /** Leaves the call, or ends it for everyone. Again: no effect. */
  hangUp({ forEveryone }: { readonly forEveryone: boolean }): void {
    if (this.end !== undefined) return;
    const { calls } = this.#parts;
    if (forEveryone) calls.endAll(this.#party.call, ends.endedForEveryone, this.#party);
    else calls.leave(this.#party, ends.hungUpHere, ends.hungUpThere);
  }

  /** For the line: something has changed. */
  changed(): void {
    const { call } = this.#party;
    this.#tellDeparted();
    if (!this.#connected && this.#party.status === 'connected') {
      this.#connected = true;
      this.#emit({ kind: 'connected' });
    }
    const participants = this.participants();
    const text = JSON.stringify(participants);
    if (text !== this.#seen) {
      this.#seen = text;
      this.#emit({ kind: 'participants', participants });
    }
    if (call.recording === this.#recording) return;
    this.#recording = call.recording;
    this.#emit({ kind: 'recording', active: this.#recording });
  }

  ended(end: EndFrame): void {
    this.#tellDeparted();
    this.#emit({ kind: 'disconnected', end });
    queueMicrotask(() => this.#events.complete());
  }

  tone(from: string, tone: string): void {
    this.#emit({ kind: 'tone', from, tone });
  }

  #tellDeparted(): void {
    for (const { joined, kind, rawId, end } of this.#party.call.departed) {
      if (joined && kind !== 'server' && end !== undefined) this.#emit({ kind: 'left', rawId, end });
    }
  }

  /** On a turn of its own: whoever listens may give the next command at once. */
  #emit(event: ServerCallEvent): void {
    queueMicrotask(() => this.#events.next(event));
  }

  #inCall(action: string): Call {
    if (this.#party.status === 'ended') throw callError(action, ends.callGone);
    return this.#party.call;
  }

  #find(rawId: string, action: string): Party {
    const party = this.#inCall(action).find(rawId);
    if (party?.status !== 'connected' || party.kind === 'server') throw callError(action, ends.callGone);
    return party;
  }
}

function describe({ rawId, displayName, muted, onHold }: Party): ServerParticipant {
  return { rawId, ...(displayName !== undefined && { displayName }), muted, onHold };
}

function attempt<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof CallRefusal ? callError(action, error.end) : error;
  }
}
