import type {
  AcceptCallOptions,
  AudioOptions,
  CallAgent,
  CallAgentKind,
  CallerInfo,
  ConnectionState,
  ConnectionStateChangedReason,
  JoinCallOptions,
  StartCallOptions,
  StartTeamsGroupCallOptions,
  TeamsCallAgent,
} from '@azure/communication-calling';
import type { CommunicationIdentifier, CommunicationTokenCredential } from '@azure/communication-common';
import type { Cancel } from 'onescreen';
import type { CallFrame } from '../calls/frames';
import { EmulatedLocalAudioStream } from './audio-stream';
import { EmulatedCall } from './call';
import type { CallOptions } from './call-options';
import type { EmulatedCallingEnvironment } from './calling-environment';
import { CallingCommunicationError, notSupported, reasons } from './calling-error';
import { contextFrame } from './context-frame';
import type { EmulatedDeviceManager } from './device-manager';
import { identifierOf, rawIdOf } from './identifiers';
import { EmulatedIncomingCall } from './incoming-call';
import { Listeners, type Later, type Listener } from './listeners';
import { meetingPlace, type JoinLocator } from './meeting-locator';
import { kinds, ownStream } from './official';
import { EmulatedLocalVideoStream } from './local-video-stream';
import { Signalling, type Push } from './signalling';

interface AgentEvents {
  handleIncomingCall: undefined;
  incomingCall: { incomingCall: EmulatedIncomingCall };
  callsUpdated: { added: EmulatedCall[]; removed: EmulatedCall[] };
  connectionStateChanged: {
    newValue: ConnectionState;
    oldValue: ConnectionState;
    reason?: ConnectionStateChangedReason;
  };
}

export interface AgentOptions {
  readonly environment: EmulatedCallingEnvironment;
  readonly url: string;
  readonly credential: Pick<CommunicationTokenCredential, 'getToken'>;
  readonly teams: boolean;
  readonly displayName: string | undefined;
  readonly later: Later;
  readonly devices: EmulatedDeviceManager;
  readonly onDispose: (agent: EmulatedCallAgent) => void;
}

/** How long after a repeated registration the emulator may take to say that it still has the calls, ms. */
const recoveryMs = 3000;

type StartOptions = StartCallOptions & StartTeamsGroupCallOptions;

/** One identity's endpoint on this page: of the public shape of both `CallAgent` and `TeamsCallAgent`. */
export class EmulatedCallAgent implements CallAgent, TeamsCallAgent {
  readonly kind: CallAgentKind;
  readonly displayName?: string;
  readonly #options: AgentOptions;
  readonly #signalling: Signalling;
  readonly #listeners: Listeners<AgentEvents>;
  readonly #incoming = new Map<string, EmulatedIncomingCall>();
  /** All that frames go to: those that are listed and those being accepted. */
  readonly #live = new Set<EmulatedCall>();
  /** Calls that have ended here and that the emulator may still have, by id. */
  readonly #owed = new Set<string>();
  #calls: readonly EmulatedCall[] = [];
  #connectionState: ConnectionState = 'Disconnected';
  #disposing: Promise<void> | undefined;
  #cancelRecovery: Cancel = () => {};
  /** Named by the emulator since it was registered again. */
  #named = new Set<unknown>();

  constructor(options: AgentOptions) {
    this.#options = options;
    this.kind = options.teams ? kinds.teamsCallAgent : kinds.callAgent;
    if (options.displayName !== undefined) this.displayName = options.displayName;
    this.#listeners = new Listeners(options.later);
    this.#signalling = new Signalling({
      environment: options.environment,
      url: options.url,
      credential: options.credential,
      kind: options.teams ? 'TeamsCallAgent' : 'CallAgent',
      ...(options.displayName !== undefined && { displayName: options.displayName }),
      receive: (push) => this.#receive(push),
      returned: () => this.#returned(),
      connection: (connected, reason) => this.#setConnection(connected ? 'Connected' : 'Disconnected', reason),
    });
  }

  get connectionState(): ConnectionState {
    return this.#connectionState;
  }

  get calls(): readonly EmulatedCall[] {
    return this.#calls;
  }

  open(): Promise<void> {
    return this.#signalling.open();
  }

  startCall(
    participants: CommunicationIdentifier | readonly CommunicationIdentifier[],
    options: StartOptions = {},
  ): EmulatedCall {
    if (this.#disposing !== undefined) throw new CallingCommunicationError(reasons.disposed);
    const targets = (isList(participants) ? participants : [participants]).map(rawIdOf);
    if (targets.length === 0) throw notSupported('A call to nobody');
    const onBehalfOf = options.onBehalfOfOptions?.userId;
    const context = contextFrame(options.customContext);
    const call = this.#createCall({
      id: this.#options.environment.random.id(),
      direction: 'Outgoing',
      callerInfo: ownCallerInfo(this.#signalling.identity, this.displayName),
      threadId: options.threadId,
      ...this.#audio(options.audioOptions),
    });
    this.#publish(call);
    const question = {
      targets,
      ...(onBehalfOf !== undefined && { onBehalfOf: rawIdOf(onBehalfOf) }),
      ...(context !== undefined && { context }),
    };
    // The application gets it in state None, and hears of all that follows.
    this.#options.later(() => void call.dial(question));
    return call;
  }

  /** Joins a Teams meeting. Returned in state `None`; that it cannot be joined ends the call, with the reason. */
  join(locator: JoinLocator, options: JoinCallOptions = {}): EmulatedCall {
    if (this.#disposing !== undefined) throw new CallingCommunicationError(reasons.disposed);
    const call = this.#createCall({
      id: this.#options.environment.random.id(),
      direction: 'Outgoing',
      callerInfo: ownCallerInfo(this.#signalling.identity, this.displayName),
      threadId: undefined,
      meeting: meetingPlace(locator),
      camera: ownStream(options.videoOptions?.localVideoStreams?.[0], EmulatedLocalVideoStream),
      ...this.#audio(options.audioOptions),
    });
    this.#publish(call);
    this.#options.later(() => void call.enter());
    return call;
  }

  on(event: keyof AgentEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof AgentEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** Leaves all calls, then the emulator. Again: the same promise. */
  dispose(): Promise<void> {
    return (this.#disposing ??= this.#dispose());
  }

  async #dispose(): Promise<void> {
    this.#cancelRecovery();
    await Promise.allSettled([...this.#live].map((call) => call.hangUp()));
    this.#signalling.close();
    for (const incoming of [...this.#incoming.values()]) incoming.stop(reasons.disposed);
    for (const call of [...this.#live]) call.end(reasons.disposed);
    this.#setConnection('Disconnected');
    this.#listeners.clear();
    this.#options.onDispose(this);
  }

  #receive(push: Push): void {
    switch (push.type) {
      case 'incoming':
        return this.#ring(push);
      case 'incoming-ended':
        return this.#incoming.get(push.callId)?.stop(push.end);
      case 'id-changed':
        return this.#rename(push.from, push.to);
      case 'call':
        return this.#apply(push.call);
      case 'levels':
        return this.#find(push.callId)?.hear(push.levels);
      case 'caption':
        return this.#find(push.callId)?.caption(push);
      case 'recovered':
        return this.#cancelRecovery();
      case 'tone':
        // The official package has no event for it.
        return;
    }
  }

  #ring(frame: Extract<Push, { readonly type: 'incoming' }>): void {
    const known = this.#incoming.get(frame.callId);
    if (known !== undefined) return void this.#named.add(known);
    if (this.#disposing !== undefined) return;
    const { later, teams } = this.#options;
    const incomingCall = new EmulatedIncomingCall({
      frame,
      kind: teams ? kinds.teamsIncomingCall : kinds.incomingCall,
      later,
      signalling: this.#signalling,
      answer: (incoming, options) => this.#answer(incoming, options),
      answered: (incoming, call, joined) => this.#answered(incoming, call, joined),
      onEnd: (incoming) => this.#incoming.delete(incoming.id),
    });
    this.#incoming.set(frame.callId, incomingCall);
    this.#named.add(incomingCall);
    this.#listeners.emit('incomingCall', { incomingCall });
  }

  #answer(incoming: EmulatedIncomingCall, options: AcceptCallOptions | undefined): EmulatedCall {
    return this.#createCall({
      id: incoming.id,
      direction: 'Incoming',
      callerInfo: incoming.callerInfo,
      threadId: undefined,
      ...this.#audio(options?.audioOptions),
    });
  }

  #answered(_incoming: EmulatedIncomingCall, call: EmulatedCall, joined: boolean): void {
    if (!joined) return call.end(reasons.notRinging);
    if (call.ended) return;
    this.#publish(call);
    call.join();
  }

  #createCall(
    options: Pick<CallOptions, 'id' | 'direction' | 'callerInfo' | 'threadId' | 'muted' | 'microphone'> &
      Partial<Pick<CallOptions, 'meeting' | 'camera'>>,
  ): EmulatedCall {
    const { environment, later, devices, teams } = this.#options;
    const call = new EmulatedCall({
      ...options,
      kind: teams ? kinds.teamsCall : kinds.call,
      environment,
      later,
      devices,
      signalling: this.#signalling,
      callAgent: () => this,
      onEnd: (ended, owed) => this.#forget(ended, owed),
    });
    this.#live.add(call);
    return call;
  }

  #audio(options: AudioOptions | undefined): Pick<CallOptions, 'muted' | 'microphone'> {
    const { environment, later, devices } = this.#options;
    const given = ownStream(options?.localAudioStreams?.[0], EmulatedLocalAudioStream);
    return {
      muted: options?.muted ?? false,
      microphone:
        given ?? new EmulatedLocalAudioStream(environment, later, devices.selectedMicrophone ?? defaultMicrophone),
    };
  }

  #publish(call: EmulatedCall): void {
    this.#calls = [...this.#calls, call];
    this.#listeners.emit('callsUpdated', { added: [call], removed: [] });
  }

  #forget(call: EmulatedCall, owed: boolean): void {
    this.#live.delete(call);
    if (owed) this.#owe(call.id);
    if (!this.#calls.includes(call)) return;
    this.#calls = this.#calls.filter((one) => one !== call);
    this.#listeners.emit('callsUpdated', { added: [], removed: [call] });
  }

  #rename(from: string, to: string): void {
    const incoming = this.#incoming.get(from);
    if (incoming !== undefined) {
      this.#incoming.delete(from);
      this.#incoming.set(to, incoming);
      incoming.rename(to);
    }
    if (this.#owed.delete(from)) this.#owe(to);
    this.#find(from)?.rename(to);
  }

  #apply(frame: CallFrame): void {
    const call = this.#find(frame.callId);
    if (call !== undefined) {
      this.#named.add(call);
      return call.apply(frame);
    }
    if (frame.status === 'disconnected') return void this.#owed.delete(frame.callId);
    // It goes on without us, as nobody here can hear of it any more.
    if (!this.#incoming.has(frame.callId)) this.#owe(frame.callId);
  }

  /** Has the emulator end a call that has ended here, now or when it is back. */
  #owe(callId: string): void {
    if (!this.#signalling.registered) return void this.#owed.add(callId);
    this.#owed.delete(callId);
    this.#signalling.tell({ type: 'hang-up', callId, forEveryone: false });
  }

  #returned(): void {
    for (const callId of [...this.#owed]) this.#owe(callId);
    this.#named = new Set();
    this.#cancelRecovery();
    // A call in state None was dialled without a connection: the emulator is to hear of it only now.
    const calls = [...this.#live].filter(({ state, direction }) => state !== 'None' || direction === 'Incoming');
    const rings = [...this.#incoming.values()];
    this.#cancelRecovery = this.#options.environment.clock.schedule(recoveryMs, () => {
      for (const call of calls) if (!this.#named.has(call)) call.end(reasons.lost);
      for (const incoming of rings) if (!this.#named.has(incoming)) incoming.stop(reasons.lost);
    });
  }

  #find(callId: string): EmulatedCall | undefined {
    for (const call of this.#live) if (call.id === callId) return call;
    return undefined;
  }

  #setConnection(state: ConnectionState, reason?: ConnectionStateChangedReason): void {
    const oldValue = this.#connectionState;
    if (state === oldValue && reason !== 'invalidToken') return;
    this.#connectionState = state;
    this.#listeners.emit('connectionStateChanged', {
      newValue: state,
      oldValue,
      ...(reason !== undefined && { reason }),
    });
  }
}

const defaultMicrophone = { name: '', id: '', isSystemDefault: true, deviceType: 'Microphone' } as const;

function isList(
  participants: CommunicationIdentifier | readonly CommunicationIdentifier[],
): participants is readonly CommunicationIdentifier[] {
  return Array.isArray(participants);
}

/** Who calls out. */
function ownCallerInfo(rawId: string, displayName: string | undefined): CallerInfo {
  return { identifier: identifierOf(rawId), ...(displayName !== undefined && { displayName }) };
}
