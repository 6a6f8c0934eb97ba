import type {
  Call,
  CallDirection,
  CallEndReason,
  CallFeature,
  CallFeatureFactory,
  CallKind,
  CallState,
  CallerInfo,
  DtmfTone,
  HangUpOptions,
  LocalAudioStream,
  RemoteAudioStream,
  TeamsCall,
} from '@azure/communication-calling';
import type { CommunicationIdentifier } from '@azure/communication-common';
import type { CallFrame, EndFrame } from '../calls/frames';
import { EmulatedRemoteAudioStream } from './audio-stream';
import { callStates, type CallEvents } from './call-events';
import { CallFeatures, type CaptionFrame, type CallWatcher } from './call-features';
import { EmulatedCallInfo } from './call-info';
import { CallMedia, type MediaFact } from './call-media';
import { CallMeeting } from './call-meeting';
import { CallMute } from './call-mute';
import { CallPictures } from './call-pictures';
import { CallRoster } from './call-roster';
import type { EmulatedCallingEnvironment, PeerStats } from './calling-environment';
import { CallingCommunicationError, reasonOf, reasons } from './calling-error';
import { toneCharacter } from './dtmf';
import { endReason } from './end-reason';
import { rawIdOf } from './identifiers';
import { Listeners, type Later, type Listener } from './listeners';
import { MeetingCall } from './meeting-call';
import { officialStream } from './official';
import type { EmulatedParticipant } from './remote-participant';
import type { CallOptions } from './call-options';
import type { Signalling } from './signalling';

/** A call with the emulator behind it: of the public shape of both `Call` and `TeamsCall`. */
export class EmulatedCall extends MeetingCall implements Call, TeamsCall {
  readonly kind: CallKind;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly info: EmulatedCallInfo;
  readonly meeting: CallMeeting;
  protected readonly pictures: CallPictures;
  callEndReason?: CallEndReason;
  readonly #options: CallOptions;
  readonly #listeners: Listeners<CallEvents>;
  readonly #features: CallFeatures;
  readonly #roster: CallRoster;
  readonly #mute: CallMute;
  readonly #media: CallMedia;
  readonly #remoteAudio: EmulatedRemoteAudioStream;
  readonly #facts = new Map<MediaFact['what'], boolean>();
  #id: string;
  #state: CallState = 'None';
  #lastStream = 0;
  #incomingMuted = false;
  #recording = false;
  #emergency = false;
  #transcription = false;
  #hangingUp: Promise<void> | undefined;

  constructor(options: CallOptions) {
    super();
    this.#options = options;
    const { environment, later, devices, microphone } = options;
    this.kind = options.kind;
    this.direction = options.direction;
    this.callerInfo = options.callerInfo;
    this.#id = options.id;
    this.#listeners = new Listeners(later);
    this.#features = new CallFeatures(() => ({ call: this, callAgent: options.callAgent() }));
    this.info = new EmulatedCallInfo(options.threadId, later);
    this.meeting = new CallMeeting({
      joined: options.meeting !== undefined,
      clock: environment.clock,
      later,
      ask: async (question) => {
        this.#requireLive();
        await this.#ask({ ...question, callId: this.#id });
      },
      roleChanged: () => this.#listeners.emit('roleChanged', undefined),
    });
    this.#roster = new CallRoster({
      clock: environment.clock,
      later,
      mute: async (target) => {
        this.#requireLive();
        await this.#ask({ type: 'mute-participant', callId: this.#id, target });
      },
      incoming: {
        nextId: () => ++this.#lastStream,
        stream: (slot) => this.#media.picture(slot),
        framesDecoded: (slot) => this.#media.framesDecoded(slot),
      },
      updated: ({ added, removed }) =>
        this.#listeners.emit('remoteParticipantsUpdated', { added: [...added], removed: [...removed] }),
      loudest: (level) => this.#remoteAudio.volume.set(level),
    });
    this.#mute = new CallMute({
      muted: options.muted,
      ask: (muted) => this.#ask({ type: 'mute', callId: this.#id, muted }),
      over: () => this.ended,
      silence: () => this.#media.setSending(false),
      settled: () => this.#updateSending(),
      changed: () => {
        this.#listeners.emit('isMutedChanged', undefined);
        this.#changed();
      },
      struck: () => this.#listeners.emit('mutedByOthers', undefined),
    });
    this.#remoteAudio = new EmulatedRemoteAudioStream(later, () => this.#media.incoming);
    this.#media = new CallMedia({
      environment,
      devices,
      microphone,
      pictures: this.meeting.joined,
      picturesChanged: () => this.#roster.moved(),
      exchange: (sdp) => options.signalling.ask({ type: 'media', callId: this.#id, sdp }, () => !this.ended),
      report: ({ what, holds }) => {
        if (this.ended || (this.#facts.get(what) ?? false) === holds) return;
        this.#facts.set(what, holds);
        this.#changed();
      },
      failed: () => this.end(reasons.media, true),
    });
    this.#media.setSending(!options.muted);
    this.pictures = new CallPictures({
      joined: this.meeting.joined,
      camera: options.camera,
      environment,
      later,
      requireAllowed: () => {
        this.#requireLive();
        if (this.#state !== 'Connected' && this.#state !== 'RemoteHold') {
          throw new CallingCommunicationError(reasons.notConnected);
        }
        this.meeting.requireConsent();
      },
      ask: (kind, on) => this.#ask({ type: 'picture', callId: this.#id, kind, on }),
      send: (kind, picture) => this.#media.setPicture(kind, picture),
      changed: (kind, added, removed) => {
        const event = kind === 'camera' ? 'isLocalVideoStartedChanged' : 'isScreenSharingOnChanged';
        this.#listeners.emit(event, undefined);
        this.#listeners.emit('localVideoStreamsUpdated', { added, removed });
      },
    });
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

  /** For features: this side's own name in it. */
  get ownRawId(): string {
    return this.#options.signalling.identity;
  }

  get isMuted(): boolean {
    return this.#mute.muted;
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

  get isEmergencyCall(): boolean {
    return this.#emergency;
  }

  get remoteParticipants(): readonly EmulatedParticipant[] {
    return this.#roster.participants;
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
    return this.#features.watch(watcher);
  }

  feature<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature {
    return this.#features.get(factory);
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

  /** All who can be muted: phones cannot. */
  async muteAllRemoteParticipants(): Promise<void> {
    const others = this.remoteParticipants.filter(({ identifier }) => identifier.kind !== 'phoneNumber');
    await Promise.all(others.map((participant) => participant.mute()));
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
    const threadId = options?.threadId;
    const question = { callId: this.#id, target, ...(threadId !== undefined && { threadId }) };
    return this.#roster.add(target, () => this.#ask({ type: 'add', ...question }));
  }

  async removeParticipant(identifier: CommunicationIdentifier): Promise<void> {
    this.#requireLive();
    await this.#ask({ type: 'remove', callId: this.#id, target: rawIdOf(identifier) });
  }

  /** For the feature: gives the other side to somebody else; resolves once that is accepted. */
  async transfer(question: Pick<TransferQuestion, 'target' | 'context'>): Promise<void> {
    this.#requireLive();
    if (this.#state === 'None') throw new CallingCommunicationError(reasons.notConnected);
    await this.#ask({ type: 'transfer', callId: this.#id, ...question });
  }

  stopAudio(): void {
    void this.mute().catch(() => {});
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
    const { muted, threadId } = this.#options;
    const callId = this.#id;
    await this.#begin({ type: 'start', callId, muted, ...(threadId !== undefined && { threadId }), ...question });
    this.#media.start();
  }

  /** Joins its meeting: from `None` to the lobby or into it, or to the call's end. Media begin once it is in. */
  async enter(): Promise<void> {
    const { muted, meeting } = this.#options;
    if (meeting !== undefined) await this.#begin({ type: 'join', callId: this.#id, muted, meeting });
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
    this.info.apply(frame);
    this.meeting.apply(frame.meeting);
    this.#emergency = frame.emergency ?? false;
    this.#roster.apply(frame.roster, frame.meeting?.pictures);
    this.pictures.apply(frame.meeting);
    this.#mute.apply(frame.muted, frame.mutedByOthers);
    if (frame.recording !== this.#recording || frame.transcription !== this.#transcription) {
      this.#recording = frame.recording;
      this.#transcription = frame.transcription;
      this.#changed();
    }
    if (this.#hangingUp === undefined) this.#setState(callStates[frame.status]);
    if (frame.meeting === undefined) return;
    this.#changed();
    if (this.#hangingUp !== undefined || frame.status === 'connecting' || frame.status === 'in-lobby') return;
    this.#media.start();
    this.pictures.begin();
  }

  caption(caption: CaptionFrame): void {
    this.#features.caption(caption);
  }

  hear(levels: Readonly<Record<string, number>>): void {
    this.#roster.hear(levels);
  }

  /** `owed`: the emulator may think that it goes on. */
  end(reason: EndFrame, owed = false): void {
    if (this.ended) return;
    this.#media.close();
    this.#remoteAudio.volume.close();
    this.pictures.end();
    this.#roster.clear();
    this.meeting.close();
    this.#recording = false;
    this.#transcription = false;
    this.callEndReason = endReason(reason);
    this.#setState('Disconnected');
    this.#features.ended();
    this.info.close();
    this.#options.onEnd(this, owed);
  }

  async #begin(question: BeginQuestion): Promise<void> {
    const { signalling } = this.#options;
    if (this.ended || this.#hangingUp !== undefined) return;
    if (signalling.registered) this.#setState('Connecting');
    try {
      await signalling.ask(question, () => !this.ended);
    } catch (error) {
      // Unanswered, the emulator may have it all the same.
      return this.end(reasonOf(error, reasons.network), true);
    }
    if (this.#state === 'None') this.#setState('Connecting');
  }

  async #hangUp(forEveryone: boolean): Promise<void> {
    const { signalling } = this.#options;
    this.#setState('Disconnecting');
    // Silence is immediate, whatever the emulator is slow to hear.
    this.pictures.end();
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
    this.#requireLive();
    if (!muted) this.meeting.requireConsent();
    await this.#mute.set(muted);
  }

  async #setHeld(held: boolean): Promise<void> {
    this.#requireLive();
    try {
      if (held && this.isScreenSharingOn) await this.stopScreenSharing();
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
    const allowed = this.#state !== 'LocalHold' && !this.meeting.consentRequired;
    this.#media.setSending(!this.#mute.muted && allowed);
    this.pictures.setSending(allowed);
  }

  #setState(state: CallState): void {
    if (state === this.#state || this.ended) return;
    this.#state = state;
    if (state !== 'Disconnected') this.#updateSending();
    this.#listeners.emit('stateChanged', undefined);
  }

  #changed(): void {
    this.#features.changed();
  }

  #ask(question: Parameters<Signalling['ask']>[0]): Promise<string | undefined> {
    return this.#options.signalling.ask(question, () => !this.ended);
  }

  #requireLive(): void {
    if (this.ended || this.#hangingUp !== undefined) throw new CallingCommunicationError(reasons.over);
  }
}

type BeginQuestion = Extract<Parameters<Signalling['ask']>[0], { readonly type: 'start' | 'join' }>;
type DialQuestion = Extract<BeginQuestion, { readonly type: 'start' }>;
type TransferQuestion = Extract<Parameters<Signalling['ask']>[0], { readonly type: 'transfer' }>;
