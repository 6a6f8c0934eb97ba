import type { RecordingState } from '../calls/call';
import type { ServerCall, ServerCallEvent, ServerInvitation, ServerParticipant } from '../calls/server-call';
import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import type { JsonObject } from '../http/validation';
import type { CallbackEvents, EventDetails } from './callback-events';
import { identifierModel, phoneModel } from './identifier-model';

/** How a connection came to be. */
export interface ConnectionOrigin {
  readonly how: 'created' | 'answered' | 'connected';
  /** Raw ids. */
  readonly source: string;
  readonly targets: readonly string[];
  readonly sourceDisplayName?: string | undefined;
  /** The number of the callee on whose call we answered. */
  readonly answeredFor?: string | undefined;
  /** Raw id of the user that the server says it is. */
  readonly answeredBy?: string | undefined;
  /** A Teams Phone extensibility call: the resource account's caller id is used, and none may be given. */
  readonly teams: boolean;
  readonly callbackUri: string;
  readonly operationContext?: string | undefined;
}

/** Where the events of one operation go, and what they carry. */
export interface Operation {
  readonly operationContext?: string | undefined;
  /** Left out: to the connection's own address. */
  readonly callbackUri?: string | undefined;
}

/** Told of what happens in a call, by those who run operations in it. */
export interface CallObserver {
  tone?(from: string, tone: string): void;
  left?(rawId: string): void;
  recording?(state: RecordingState): void;
  ended?(): void;
}

/** A server's connection with a call: what it has asked for, and the events that tell it how that went. */
export class AutomatedCall {
  readonly call: ServerCall;
  readonly origin: ConnectionOrigin;
  readonly invitations = new Map<string, ServerInvitation>();
  readonly observers = new Set<CallObserver>();
  state: 'connecting' | 'connected' | 'disconnected' = 'connecting';
  readonly #holds = new Map<string, Operation>();
  readonly #music = new Map<string, 'on' | 'paused'>();
  #hungUp = false;
  #sequence = 0;
  readonly #events: CallbackEvents;

  constructor(call: ServerCall, origin: ConnectionOrigin, events: CallbackEvents) {
    this.call = call;
    this.origin = origin;
    this.#events = events;
    call.events$.subscribe((event) => this.#happened(event));
  }

  get id(): string {
    return this.call.id;
  }

  /** Posts an event to the server. */
  send(details: Omit<EventDetails, 'operationContext'>, operation: Operation = {}): void {
    const { id: callConnectionId, serverCallId, correlationId } = this.call;
    const { operationContext, callbackUri = this.origin.callbackUri } = operation;
    const source = { callConnectionId, serverCallId, correlationId };
    this.#events.send(callbackUri, source, { ...details, operationContext });
  }

  hangUp(forEveryone: boolean): void {
    this.#hungUp = true;
    this.call.hangUp({ forEveryone });
  }

  /** Puts a participant on hold; the music's events are this operation's. */
  hold(rawId: string, operation: Operation): void {
    this.#holds.set(rawId, operation);
    this.call.hold(rawId);
  }

  unhold(rawId: string, operation: Operation): void {
    this.#holds.set(rawId, operation);
    this.call.unhold(rawId);
  }

  /** The connection's properties on the wire. */
  model(): JsonObject {
    const { source, targets, sourceDisplayName, answeredFor, answeredBy, callbackUri } = this.origin;
    const sourceCallerIdNumber = phoneModel(source);
    return {
      callConnectionId: this.id,
      serverCallId: this.call.serverCallId,
      targets: targets.map(identifierModel),
      callConnectionState: this.state,
      callbackUri,
      source: identifierModel(source),
      ...(sourceCallerIdNumber !== undefined && { sourceCallerIdNumber }),
      ...(sourceDisplayName !== undefined && { sourceDisplayName }),
      correlationId: this.call.correlationId,
      ...(answeredBy !== undefined && { answeredBy: { id: answeredBy } }),
      ...(answeredFor !== undefined && { answeredFor: { value: answeredFor } }),
    };
  }

  #happened(event: ServerCallEvent): void {
    const { operationContext } = this.origin;
    switch (event.kind) {
      case 'connected':
        this.state = 'connected';
        return this.send({ type: 'CallConnected' }, { operationContext });
      case 'participants':
        this.#sequence += 1;
        return this.send({
          type: 'ParticipantsUpdated',
          data: { participants: event.participants.map(participantModel), sequenceNumber: this.#sequence },
        });
      case 'tone':
        for (const observer of [...this.observers]) observer.tone?.(event.from, event.tone);
        return;
      case 'disconnected':
        return this.#disconnected(event.end);
      case 'left':
        for (const observer of [...this.observers]) observer.left?.(event.rawId);
        return;
      case 'recording':
        for (const observer of [...this.observers]) observer.recording?.(event.state);
        return;
      case 'hold-music':
        return this.#holdMusic(event.rawId, event.state);
    }
  }

  /** Music begins and ends with the hold; what is played to one alone comes between. */
  #holdMusic(rawId: string, state: 'on' | 'paused' | 'off'): void {
    const operation = this.#holds.get(rawId) ?? {};
    const was = this.#music.get(rawId);
    if (state === 'off') {
      this.#music.delete(rawId);
      this.#holds.delete(rawId);
      return this.send({ type: 'HoldAudioCompleted' }, operation);
    }
    this.#music.set(rawId, state);
    if (was === undefined) this.send({ type: 'HoldAudioStarted' }, operation);
    if (state === 'paused') this.send({ type: 'HoldAudioPaused' }, operation);
    else if (was === 'paused') this.send({ type: 'HoldAudioResumed' }, operation);
  }

  #disconnected(end: EndFrame): void {
    const { how, operationContext } = this.origin;
    const failed = this.state === 'connecting' && !this.#hungUp;
    this.state = 'disconnected';
    for (const observer of [...this.observers]) observer.ended?.();
    const type = failed ? failures[how] : 'CallDisconnected';
    this.send({ type, result: resultOfEnd(end) }, { operationContext });
  }
}

const failures = { created: 'CreateCallFailed', answered: 'AnswerFailed', connected: 'ConnectFailed' } as const;

export function participantModel({ rawId, muted, onHold }: ServerParticipant): JsonObject {
  return { identifier: identifierModel(rawId), isMuted: muted, isOnHold: onHold };
}

/** How the service words the end of a server's own part. Source: published recordings of the service. */
export function resultOfEnd(end: EndFrame): EndFrame {
  const { code, subCode } = end;
  const is = (other: EndFrame) => other.code === code && other.subCode === subCode;
  if (is(ends.hungUpHere)) return { code: 200, subCode: 7000, message: 'The conversation has ended.' };
  if (is(ends.hungUpThere) || is(ends.endedForEveryone))
    return { code: 200, subCode: 5002, message: 'The conversation has ended. DiagCode: 0#5002.@' };
  return end;
}
