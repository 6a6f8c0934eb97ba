import type {
  Call,
  CallDirection,
  CallEndReason,
  CallFeature,
  CallFeatureContext,
  CallFeatureFactory,
  CallInfo,
  CallKind,
  CallState,
  CallerInfo,
  DtmfTone,
  HangUpOptions,
  Lobby,
  LocalAudioStream,
  LocalVideoStream,
  ParticipantRole,
  RemoteAudioStream,
  RemoteParticipant,
  TeamsCall,
} from '@azure/communication-calling';
import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFrame, EndFrame, RosterFrame } from '../calls/frames';
import { EmulatedRemoteAudioStream, type EmulatedLocalAudioStream } from './audio-stream';
import { CallMedia, type MediaFact } from './call-media';
import type { EmulatedCallingEnvironment, PeerStats } from './calling-environment';
import { CallingCommunicationError, notSupported, reasonOf, reasons } from './calling-error';
import type { EmulatedDeviceManager } from './device-manager';
import { toneCharacter } from './dtmf';
import { identifierOf, rawIdOf } from './identifiers';
import { Listeners, type Later, type Listener } from './listeners';
import { officialStream } from './official';
import { EmulatedParticipant } from './remote-participant';
import type { Signalling } from './signalling';

type Change<Item> = { readonly added: readonly Item[]; readonly removed: readonly Item[] };

interface CallEvents {
  stateChanged: undefined;
  idChanged: undefined;
  isMutedChanged: undefined;
  isIncomingAudioMutedChanged: undefined;
  isScreenSharingOnChanged: undefined;
  isLocalVideoStartedChanged: undefined;
  remoteParticipantsUpdated: Change<RemoteParticipant>;
  localVideoStreamsUpdated: Change<LocalVideoStream>;
  localAudioStreamsUpdated: Change<LocalAudioStream>;
  remoteAudioStreamsUpdated: Change<RemoteAudioStream>;
  roleChanged: undefined;
  mutedByOthers: undefined;
  callerInfoChanged: undefined;
  transferorInfoChanged: undefined;
}

/** What features are told of their call. */
export interface CallWatcher {
  /** Recording, transcription, mute or a fact of the media may have changed. */
  changed(): void;
  ended(): void;
}

export interface CallOptions {
  readonly id: string;
  readonly kind: CallKind;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly muted: boolean;
  readonly threadId: string | undefined;
  readonly microphone: EmulatedLocalAudioStream;
  readonly environment: EmulatedCallingEnvironment;
  readonly later: Later;
  readonly devices: EmulatedDeviceManager;
  readonly signalling: Signalling;
  readonly callAgent: () => CallFeatureContext['callAgent'];
  /** Told once, when it has ended; `owed` when the emulator may not know yet. */
  readonly onEnd: (call: EmulatedCall, owed: boolean) => void;
}

const states: Readonly<Record<Exclude<CallFrame['status'], 'disconnected'>, CallState>> = {
  connecting: 'Connecting',
  ringing: 'Ringing',
  'early-media': 'EarlyMedia',
  connected: 'Connected',
  'local-hold': 'LocalHold',
  'remote-hold': 'RemoteHold',
};

/** A call with the emulator behind it: of the public shape of both `Call` and `TeamsCall`. */
export class EmulatedCall implements Call, TeamsCall {
  readonly kind: CallKind;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly info: CallInfo;
  readonly lobby: Lobby = noLobby;
  readonly role: ParticipantRole = 'Unknown';
  readonly isScreenSharingOn = false;
  readonly isLocalVideoStarted = false;
  readonly isEmergencyCall = false;
  readonly localVideoStreams: readonly LocalVideoStream[] = [];
  callEndReason?: CallEndReason;
  readonly #options: CallOptions;
  readonly #listeners: Listeners<CallEvents>;
  readonly #infoListeners: Listeners<{ callInfoChanged: undefined }>;
  readonly #watchers = new Set<CallWatcher>();
  readonly #features = new Map<unknown, CallFeature>();
  readonly #participants = new Map<string, EmulatedParticipant>();
  /** Added here and not yet known to the emulator. */
  readonly #adding = new Set<EmulatedParticipant>();
  readonly #media: CallMedia;
  readonly #remoteAudio: EmulatedRemoteAudioStream;
  readonly #facts = new Map<MediaFact['what'], boolean>();
  readonly #levels = new Map<string, number>();
  #id: string;
  #state: CallState = 'None';
  #muted: boolean;
  #mutedByOthers = false;
  #incomingMuted = false;
  #serverCallId = '';
  #participantId = '';
  #recording = false;
  #transcription = false;
  #hangingUp: Promise<void> | undefined;
  #waitingForServerCallId: (() => void)[] = [];

  constructor(options: CallOptions) {
    this.#options = options;
    const { environment, later, devices, microphone } = options;
    this.kind = options.kind;
    this.direction = options.direction;
    this.callerInfo = options.callerInfo;
    this.#id = options.id;
    this.#muted = options.muted;
    this.#listeners = new Listeners(later);
    this.#infoListeners = new Listeners(later);
    this.info = this.#createInfo();
    this.#remoteAudio = new EmulatedRemoteAudioStream(later, () => this.#media.incoming);
    this.#media = new CallMedia({
      environment,
      devices,
      microphone,
      exchange: (sdp) => options.signalling.ask({ type: 'media', callId: this.#id, sdp }, () => !this.ended),
      report: ({ what, holds }) => {
        if (this.ended || (this.#facts.get(what) ?? false) === holds) return;
        this.#facts.set(what, holds);
        this.#changed();
      },
      failed: () => this.end(reasons.media, true),
    });
    this.#media.setSending(!options.muted);
  }

  get id(): string {
    return this.#id;
  }

  get state(): CallState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#state === 'Disconnected';
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  get isIncomingAudioMuted(): boolean {
    return this.#incomingMuted;
  }

  get localAudioStreams(): readonly LocalAudioStream[] {
    return this.ended ? [] : [officialStream(this.#options.microphone)];
  }

  get remoteAudioStreams(): readonly RemoteAudioStream[] {
    return this.ended ? [] : [this.#remoteAudio];
  }

  get remoteParticipants(): readonly EmulatedParticipant[] {
    return [...this.#participants.values()];
  }

  /** For features: what holds of the media now. */
  fact(what: MediaFact['what']): boolean {
    return this.#facts.get(what) ?? false;
  }

  get recordingActive(): boolean {
    return this.#recording;
  }

  get transcriptionActive(): boolean {
    return this.#transcription;
  }

  /** Loudness of the microphone, 0 to 1, whether it is sent or not. */
  get loudness(): number {
    return this.#options.microphone.loudness;
  }

  get environment(): EmulatedCallingEnvironment {
    return this.#options.environment;
  }

  get later(): Later {
    return this.#options.later;
  }

  get online(): boolean {
    return this.#options.signalling.registered;
  }

  stats(): Promise<PeerStats | undefined> {
    return this.#media.stats();
  }

  /** Returns what ends the watch. */
  watch(watcher: CallWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  feature<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature {
    const known = this.#features.get(factory);
    // Made by this very factory, a feature is of its type.
    if (known !== undefined) return known as Feature;
    const feature = new factory.callApiCtor({ call: this, callAgent: this.#options.callAgent() });
    this.#features.set(factory, feature);
    return feature;
  }

  hangUp(options?: HangUpOptions): Promise<void> {
    if (this.ended) return Promise.resolve();
    return (this.#hangingUp ??= this.#hangUp(options?.forEveryone ?? false));
  }

  mute(): Promise<void> {
    return this.#setMuted(true);
  }

  unmute(): Promise<void> {
    return this.#setMuted(false);
  }

  async muteAllRemoteParticipants(): Promise<void> {
    await Promise.all(this.remoteParticipants.map((participant) => participant.mute()));
  }

  async muteIncomingAudio(): Promise<void> {
    this.#setIncomingMuted(true);
  }

  async unmuteIncomingAudio(): Promise<void> {
    this.#setIncomingMuted(false);
  }

  async sendDtmf(tone: DtmfTone): Promise<void> {
    this.#requireLive();
    await this.#ask({ type: 'dtmf', callId: this.#id, tone: toneCharacter(tone) });
  }

  hold(): Promise<void> {
    return this.#setHeld(true);
  }

  resume(): Promise<void> {
    return this.#setHeld(false);
  }

  addParticipant(
    identifier: CommunicationIdentifier,
    options?: { readonly threadId?: string; readonly alternateCallerId?: unknown },
  ): EmulatedParticipant {
    this.#requireLive();
    const target = rawIdOf(identifier);
    const known = this.#participants.get(target);
    if (known !== undefined) return known;
    const participant = this.#admit(target);
    participant.setState('Connecting');
    this.#listeners.emit('remoteParticipantsUpdated', { added: [participant], removed: [] });
    const threadId = options?.threadId;
    this.#adding.add(participant);
    this.#ask({ type: 'add', callId: this.#id, target, ...(threadId !== undefined && { threadId }) }).then(
      () => this.#adding.delete(participant),
      (error: unknown) => this.#remove([participant], reasonOf(error, reasons.network)),
    );
    return participant;
  }

  async removeParticipant(identifier: CommunicationIdentifier): Promise<void> {
    this.#requireLive();
    await this.#ask({ type: 'remove', callId: this.#id, target: rawIdOf(identifier) });
  }

  async startAudio(): Promise<void> {
    throw notSupported('Another audio stream during a call');
  }

  stopAudio(): void {
    void this.mute().catch(() => {});
  }

  async startVideo(): Promise<void> {
    throw notSupported('Video');
  }

  async stopVideo(): Promise<void> {
    throw notSupported('Video');
  }

  async startScreenSharing(): Promise<void> {
    throw notSupported('Screen sharing');
  }

  async stopScreenSharing(): Promise<void> {
    throw notSupported('Screen sharing');
  }

  async setConstraints(): Promise<void> {
    throw notSupported('Video');
  }

  on(event: keyof CallEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof CallEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#listeners.clear();
  }

  /** Calls: from `None` to where the emulator takes it, or to its end. */
  async dial(
    question: { readonly targets: readonly string[] } & Pick<DialQuestion, 'onBehalfOf' | 'context'>,
  ): Promise<void> {
    const { signalling, muted, threadId } = this.#options;
    if (this.ended || this.#hangingUp !== undefined) return;
    if (signalling.registered) this.#setState('Connecting');
    try {
      await signalling.ask(
        { type: 'start', callId: this.#id, muted, ...(threadId !== undefined && { threadId }), ...question },
        () => !this.ended,
      );
    } catch (error) {
      // Unanswered, the emulator may have it all the same.
      return this.end(reasonOf(error, reasons.network), true);
    }
    if (this.#state === 'None') this.#setState('Connecting');
    this.#media.start();
  }

  /** It was accepted here. */
  join(): void {
    if (this.#state === 'None') this.#setState('Connecting');
    this.#media.start();
  }

  rename(id: string): void {
    if (this.ended || id === this.#id) return;
    this.#id = id;
    this.#listeners.emit('idChanged', undefined);
  }

  /** The call as the emulator sees it. */
  apply(frame: CallFrame): void {
    if (this.ended) return;
    if (frame.status === 'disconnected') return this.end(frame.end ?? reasons.lost);
    this.#applyInfo(frame);
    this.#applyRoster(frame.roster);
    this.#applyMute(frame.muted, frame.mutedByOthers);
    if (frame.recording !== this.#recording || frame.transcription !== this.#transcription) {
      this.#recording = frame.recording;
      this.#transcription = frame.transcription;
      this.#changed();
    }
    if (this.#hangingUp === undefined) this.#setState(states[frame.status]);
  }

  hear(levels: Readonly<Record<string, number>>): void {
    for (const [rawId, level] of Object.entries(levels)) {
      const participant = this.#participants.get(rawId);
      if (participant === undefined) continue;
      this.#levels.set(rawId, level);
      participant.hear(level);
    }
    this.#updateVolume();
  }

  /** `owed`: the emulator may think that it goes on. */
  end(reason: EndFrame, owed = false): void {
    if (this.ended) return;
    this.#media.close();
    this.#remoteAudio.volume.close();
    this.#remove([...this.#participants.values()]);
    this.#recording = false;
    this.#transcription = false;
    this.callEndReason = endReason(reason);
    this.#setState('Disconnected');
    for (const watcher of [...this.#watchers]) watcher.ended();
    this.#watchers.clear();
    for (const waiting of this.#waitingForServerCallId.splice(0)) waiting();
    this.#options.onEnd(this, owed);
  }

  async #hangUp(forEveryone: boolean): Promise<void> {
    const { signalling } = this.#options;
    this.#setState('Disconnecting');
    // Silence is immediate, whatever the emulator is slow to hear.
    this.#media.close();
    if (!signalling.registered) return this.end(reasons.hungUp, true);
    try {
      await signalling.ask({ type: 'hang-up', callId: this.#id, forEveryone });
      this.end(reasons.hungUp);
    } catch (error) {
      this.end(reasons.hungUp, reasonOf(error, reasons.network).code === reasons.network.code);
    }
  }

  async #setMuted(muted: boolean): Promise<void> {
    const failure = muted ? reasons.mute : reasons.unmute;
    this.#requireLive();
    // Silence comes first, sound last: nobody is heard who thinks to be muted.
    if (muted) this.#media.setSending(false);
    try {
      await this.#ask({ type: 'mute', callId: this.#id, muted });
    } catch (error) {
      this.#updateSending();
      throw new CallingCommunicationError(reasonOf(error, failure));
    }
    this.#applyMute(muted, false);
  }

  #applyMute(muted: boolean, byOthers: boolean): void {
    if (this.ended) return;
    const struck = byOthers && !this.#mutedByOthers;
    this.#mutedByOthers = byOthers;
    if (muted !== this.#muted) {
      this.#muted = muted;
      this.#listeners.emit('isMutedChanged', undefined);
      this.#changed();
    }
    if (struck) this.#listeners.emit('mutedByOthers', undefined);
    this.#updateSending();
  }

  async #setHeld(held: boolean): Promise<void> {
    this.#requireLive();
    try {
      await this.#ask({ type: 'hold', callId: this.#id, held });
    } catch (error) {
      throw new CallingCommunicationError(reasonOf(error, held ? reasons.hold : reasons.resume));
    }
    if (held && this.#state === 'Connected') this.#setState('LocalHold');
    if (!held && this.#state === 'LocalHold') this.#setState('Connected');
  }

  #setIncomingMuted(muted: boolean): void {
    this.#requireLive();
    if (muted === this.#incomingMuted) return;
    this.#incomingMuted = muted;
    this.#media.setPlaying(!muted);
    this.#listeners.emit('isIncomingAudioMutedChanged', undefined);
  }

  #updateSending(): void {
    this.#media.setSending(!this.#muted && this.#state !== 'LocalHold');
  }

  #setState(state: CallState): void {
    if (state === this.#state || this.ended) return;
    this.#state = state;
    if (state !== 'Disconnected') this.#updateSending();
    this.#listeners.emit('stateChanged', undefined);
  }

  #applyInfo(frame: CallFrame): void {
    if (frame.serverCallId === this.#serverCallId && frame.participantId === this.#participantId) return;
    this.#serverCallId = frame.serverCallId;
    this.#participantId = frame.participantId;
    for (const waiting of this.#waitingForServerCallId.splice(0)) waiting();
    this.#infoListeners.emit('callInfoChanged', undefined);
  }

  #applyRoster(roster: readonly RosterFrame[]): void {
    const added: EmulatedParticipant[] = [];
    const named = new Set<string>();
    for (const entry of roster) {
      if (entry.status === 'disconnected') continue;
      named.add(entry.rawId);
      const known = this.#participants.get(entry.rawId);
      const participant = known ?? this.#admit(entry.rawId);
      participant.apply(entry);
      if (known === undefined) added.push(participant);
    }
    if (added.length > 0) this.#listeners.emit('remoteParticipantsUpdated', { added, removed: [] });
    for (const { rawId, end } of roster) {
      const gone = named.has(rawId) ? undefined : this.#participants.get(rawId);
      if (gone !== undefined) this.#remove([gone], end);
    }
    this.#remove([...this.#participants.values()].filter((one) => !named.has(one.rawId) && !this.#adding.has(one)));
  }

  #admit(rawId: string): EmulatedParticipant {
    const { later, environment } = this.#options;
    const participant = new EmulatedParticipant({
      rawId,
      later,
      clock: environment.clock,
      mute: async () => {
        this.#requireLive();
        await this.#ask({ type: 'mute-participant', callId: this.#id, target: rawId });
      },
    });
    this.#participants.set(rawId, participant);
    return participant;
  }

  #remove(gone: readonly EmulatedParticipant[], reason?: EndFrame): void {
    const removed = gone.filter((one) => this.#participants.get(one.rawId) === one);
    if (removed.length === 0) return;
    for (const participant of removed) {
      this.#participants.delete(participant.rawId);
      this.#levels.delete(participant.rawId);
      this.#adding.delete(participant);
      participant.end(reason);
    }
    this.#updateVolume();
    this.#listeners.emit('remoteParticipantsUpdated', { added: [], removed });
  }

  #updateVolume(): void {
    this.#remoteAudio.volume.set(Math.max(0, ...this.#levels.values()));
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher.changed();
  }

  #ask(question: Parameters<Signalling['ask']>[0]): Promise<string | undefined> {
    return this.#options.signalling.ask(question, () => !this.ended);
  }

  #requireLive(): void {
    if (this.ended || this.#hangingUp !== undefined) throw new CallingCommunicationError(reasons.over);
  }

  #createInfo(): CallInfo {
    const participantId = () => this.#participantId;
    return {
      threadId: this.#options.threadId,
      groupId: undefined,
      get participantId() {
        return participantId();
      },
      getServerCallId: async () => {
        if (this.#serverCallId === '' && !this.ended) {
          await new Promise<void>((resolve) => this.#waitingForServerCallId.push(resolve));
        }
        if (this.#serverCallId === '') throw new CallingCommunicationError(reasons.over);
        return this.#serverCallId;
      },
      onCallInfoChanged: (event, listener) => this.#infoListeners.on(event, listener),
      offCallInfoChanged: (event, listener) => this.#infoListeners.off(event, listener),
    };
  }
}

type DialQuestion = Extract<Parameters<Signalling['ask']>[0], { readonly type: 'start' }>;

/** At run time the official package has a message as well (observed). */
export function endReason({ code, subCode, message }: EndFrame): CallEndReason & { readonly message: string } {
  return { code, subCode, message: message ?? '' };
}

/** Who calls out. */
export function ownCallerInfo(rawId: string, displayName: string | undefined): CallerInfo {
  return { identifier: identifierOf(rawId), ...(displayName !== undefined && { displayName }) };
}

const noLobby: Lobby = {
  participants: [],
  on: () => {},
  off: () => {},
  admit: async () => {
    throw notSupported('A lobby');
  },
  reject: async () => {
    throw notSupported('A lobby');
  },
  admitAll: async () => {
    throw notSupported('A lobby');
  },
};
