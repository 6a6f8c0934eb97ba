import { Subject, type Observable } from 'rxjs';
import type { Cancel } from 'onescreen';
import type { Call, Party, PlayEnd, RecordingState } from './call';
import { clientLineOf } from './call-clients';
import { callError } from './call-error';
import type { CallSwitch } from './call-switch';
import { carriedContext } from './custom-context';
import type { Destinations } from './destinations';
import { collectTones, type CollectedTones, type CollectOptions } from './collect-tones';
import { isEmergencyNumber, refusedInEmergency } from './emergency';
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
  | { readonly kind: 'recording'; readonly state: RecordingState }
  /** The music of somebody whom a server holds; `paused`: something is played to that one alone. */
  | { readonly kind: 'hold-music'; readonly rawId: string; readonly state: 'on' | 'paused' | 'off' }
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

export interface TransferRequest {
  /** Raw id of who is given away. Left out, in a call of two: the other one. */
  readonly transferee?: string;
  /** Raw id of who gets them. */
  readonly target: string;
  readonly context?: ContextFrame;
  /** Milliseconds until nobody has answered. Default 60,000. */
  readonly timeoutMs?: number;
  readonly persona?: 'tpeAgent';
}

export interface ServerTransfer {
  readonly transferee: string;
  readonly target: string;
  /** Resolves when the two are together and out of this call. Rejects with a `call/…` error; then nothing has changed. */
  readonly done: Promise<void>;
}

export interface PlayOptions {
  /** How long the sound is. Left out: it has no end. */
  readonly durationMs?: number;
  /** Again and again, until it is stopped. */
  readonly loop?: boolean;
}

export interface ServerPlay {
  readonly id: string;
  /** `stopped` also when the call has ended, or the one who should hear it has left. Never rejects. */
  readonly done: Promise<PlayEnd>;
  /** Again, or afterwards: no effect. */
  readonly stop: () => void;
}

/** Longest ring of a transfer, in milliseconds. Source: azure-docs, communication-services/concepts/service-limits.md. */
const transferMs = 60_000;

export interface ServerCallParts {
  /** Runs something later, on the emulator's clock. */
  readonly later: (ms: number, run: () => void) => Cancel;
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
  #recording: RecordingState = 'off';
  readonly #holdMusic = new Map<string, 'on' | 'paused'>();

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

  get recording(): RecordingState {
    return this.#party.call.recording;
  }

  /** Everybody who is in the call, the server left out. */
  participants(): readonly ServerParticipant[] {
    return this.#party.call.people.filter(({ status }) => status === 'connected').map(describe);
  }

  /** Rings somebody. What becomes of it is in `answered`. */
  add({ target, context, timeoutMs, persona }: AddRequest): ServerInvitation {
    const { calls, destinations } = this.#parts;
    const call = this.#inCall('add participant');
    // The one who is to help has to be called first.
    if (!isEmergencyNumber(target)) this.#ordinary('add participant');
    const there = call.find(target);
    if (target.startsWith('28:') || (there !== undefined && !this.lost(target)))
      throw callError('add participant', ends.inCallAlready);
    const carried = attempt('add participant', () => carriedContext(context));
    const found = destinations.find(target, undefined, persona);
    if ('code' in found) throw callError('add participant', found);
    if (there !== undefined) calls.leave(there, ends.vanished, ends.vanished);
    const outcome = promised<EndFrame | undefined>();
    const party = calls.invite(call, found.line, {
      rawId: target,
      addedBy: this.#party,
      context: carried,
      timeoutMs: timeoutMs ?? destinations.ringMs(target),
      onAnswer: outcome.settle,
    });
    const answered = outcome.promise.then((end) => {
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
    this.#ordinary('remove participant');
    this.#parts.calls.leave(this.#find(rawId, 'remove participant'), ends.removedByServer, ends.hungUpThere);
  }

  /** Puts one participant on hold, with music. */
  hold(rawId: string): void {
    this.#ordinary('hold participant');
    const party = this.#find(rawId, 'hold participant');
    this.#parts.calls.holdByServer(party, true);
  }

  unhold(rawId: string): void {
    this.#parts.calls.holdByServer(this.#find(rawId, 'resume participant'), false);
  }

  /** Plays a sound, to everybody or to one (raw id); to one who is on hold, too, instead of the music. */
  play(sound: Sound, to?: string, { durationMs, loop = false }: PlayOptions = {}): ServerPlay {
    const { calls } = this.#parts;
    const call = this.#inCall('play sound');
    this.#plays += 1;
    const name = `${this.id}/play-${this.#plays}`;
    const outcome = promised<PlayEnd>();
    const lasts = loop ? undefined : durationMs;
    calls.play({ by: this.#party, name, sound, to, durationMs: lasts, onEnd: outcome.settle });
    return { id: name, done: outcome.promise, stop: () => calls.stopPlaying(call, name) };
  }

  /** Takes down which keys a participant presses, until there are `most`, or none for `forMs` milliseconds, or the call has ended. */
  collect(from: string, options: CollectOptions): CollectedTones {
    this.#find(from, 'collect tones');
    return collectTones(this, from, { ...options, later: this.#parts.later });
  }

  /**
   * Gives somebody to somebody else: rings there, and when it is answered, those two are together in a call without
   * this server, and this call goes on without them; with nobody else in it, it ends. Throws what is refused at once.
   */
  transfer({ transferee: given, target, context, timeoutMs = transferMs, persona }: TransferRequest): ServerTransfer {
    const { calls, destinations } = this.#parts;
    const { people } = this.#ordinary('transfer call');
    const transferee = given ?? (people.length === 1 ? people[0]?.rawId : undefined);
    if (transferee === undefined) throw callError('transfer call', ends.onlyOneToOne);
    const party = this.#find(transferee, 'transfer call');
    const outcome = promised<EndFrame | undefined>();
    attempt('transfer call', () => {
      const carried = carriedContext(context);
      const found = target.startsWith('28:') ? ends.invalid : destinations.find(target, undefined, persona);
      if ('code' in found) throw new CallRefusal(found);
      const ring = { rawId: target, context: carried, timeoutMs, onEnd: outcome.settle };
      calls.transfer({ transferee: party, line: found.line, ...ring });
    });
    const done = outcome.promise.then((end) => {
      if (end !== undefined) throw callError('transfer call', end);
    });
    done.catch(() => {});
    return { transferee, target, done };
  }

  /** Takes participants over from another call of the same server. Throws when one of them cannot; those before are here. */
  moveHere(rawIds: readonly string[], from: ServerCall): void {
    const here = this.#inCall('move participants');
    const parties = rawIds.map((rawId) => from.#find(rawId, 'move participants'));
    attempt('move participants', () => {
      for (const party of parties) this.#parts.calls.move(party, here);
    });
  }

  /** Presses keys for one participant to hear: `0`-`9`, `*`, `#`, `A`-`D`. */
  sendTones(rawId: string, tones: string): void {
    if (!/^[0-9*#A-D]+$/.test(tones)) throw callError('send tones', ends.invalid);
    this.#parts.calls.tones(this.#party, tones, this.#find(rawId, 'send tones'));
  }

  /** Mutes a participant, who can unmute; phones cannot be muted. */
  mute(rawId: string): void {
    this.#ordinary('mute participant');
    const party = this.#find(rawId, 'mute participant');
    if (party.kind === 'phone') throw callError('mute participant', ends.onlyVoip);
    this.#parts.calls.mute(party, true, true);
  }

  startRecording(): void {
    this.#record('on', 'start recording', (state) => (state === 'off' ? undefined : ends.duplicateRecording));
  }

  pauseRecording(): void {
    this.#record('paused', 'pause recording', (state) => (state === 'on' ? undefined : ends.recordingState));
  }

  resumeRecording(): void {
    this.#record('on', 'resume recording', (state) => (state === 'paused' ? undefined : ends.recordingState));
  }

  stopRecording(): void {
    this.#record('off', 'stop recording', (state) => (state === 'off' ? ends.noRecording : undefined));
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
    this.#tellHoldMusic();
    if (call.recording !== this.#recording) {
      this.#recording = call.recording;
      this.#emit({ kind: 'recording', state: this.#recording });
    }
  }

  ended(end: EndFrame): void {
    this.#tellDeparted();
    if (this.#recording !== 'off') this.#emit({ kind: 'recording', state: 'off' });
    this.#emit({ kind: 'disconnected', end });
    queueMicrotask(() => this.#events.complete());
  }

  tone(from: string, tone: string): void {
    this.#emit({ kind: 'tone', from, tone });
  }

  #tellDeparted(): void {
    for (const { party, end } of this.#party.call.departed) {
      if (party.joined && party.kind !== 'server') this.#emit({ kind: 'left', rawId: party.rawId, end });
    }
  }

  #tellHoldMusic(): void {
    const { people, plays } = this.#party.call;
    const held = new Map(
      people
        .filter(({ heldByServer }) => heldByServer)
        .map(({ rawId }) => [rawId, [...plays.values()].some(({ to }) => to === rawId) ? 'paused' : 'on'] as const),
    );
    for (const [rawId, state] of held) {
      if (this.#holdMusic.get(rawId) === state) continue;
      this.#holdMusic.set(rawId, state);
      this.#emit({ kind: 'hold-music', rawId, state });
    }
    for (const rawId of [...this.#holdMusic.keys()]) {
      if (held.has(rawId)) continue;
      this.#holdMusic.delete(rawId);
      this.#emit({ kind: 'hold-music', rawId, state: 'off' });
    }
  }

  #record(next: RecordingState, action: string, refused: (state: RecordingState) => EndFrame | undefined): void {
    const call = this.#ordinary(action);
    const end = refused(call.recording);
    if (end !== undefined) throw callError(action, end);
    this.#parts.calls.record(call, next);
  }

  /** On a turn of its own: whoever listens may give the next command at once. */
  #emit(event: ServerCallEvent): void {
    queueMicrotask(() => this.#events.next(event));
  }

  #inCall(action: string): Call {
    if (this.#party.status === 'ended') throw callError(action, ends.callGone);
    return this.#party.call;
  }

  /** The call, unless it is an emergency call. */
  #ordinary(action: string): Call {
    const call = this.#inCall(action);
    const refused = refusedInEmergency(call);
    if (refused !== undefined) throw callError(action, refused);
    return call;
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

/** A promise that is settled from outside. */
function promised<T>(): { readonly promise: Promise<T>; readonly settle: (value: T) => void } {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => (settle = resolve));
  return { promise, settle };
}

function attempt<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof CallRefusal ? callError(action, error.end) : error;
  }
}
