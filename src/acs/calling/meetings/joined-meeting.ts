import type { LocalVideoStream, ParticipantCapabilities } from '@azure/communication-calling';
import {
  ContactCenterError,
  createLive,
  sameValues,
  type AudioLevels,
  type CallQuality,
  type Caption,
  type Clock,
  type Live,
  type LobbyGuest,
  type MeetingEnd,
  type MeetingPicture,
  type MeetingRole,
  type MeetingState,
  type PictureView,
} from 'onescreen';
import type { Observable } from 'rxjs';
import type { CallHandle } from '../agent-handle';
import { addToCall, hangUp, removeFromCall, runInCall } from '../call-commands';
import { parseRawId, toIdentifier } from '../identifiers';
import { watchIndications, type Indications } from '../indications';
import { callLevels } from '../levels';
import { Muting } from '../muting';
import { watchQuality } from '../quality';
import { MeetingCaptions } from './captions';
import { Consent } from './consent';
import { MeetingLobby } from './lobby';
import { endAs, leftHere, lobbyTimedOut, toMeetingEnd, type MeetingStage } from './meeting-ends';
import { MeetingPeople, optional } from './meeting-people';
import { roleOf } from './meeting-role';
import type { MeetingsSdk } from './meetings-sdk';
import { MeetingPictures } from './pictures';

/** A joined meeting as this page's own call of it stands. */
export interface JoinedState {
  readonly status: 'joining' | 'lobby' | 'connected' | 'held' | 'ended';
  readonly role: MeetingRole;
  readonly muted: boolean;
  readonly mutedByOthers: boolean;
  readonly video: boolean;
  readonly sharing: boolean;
  readonly handRaised: boolean;
  readonly consent: MeetingState['consent'];
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly captions: boolean;
  /** As the service states them; another object when they changed. */
  readonly official: ParticipantCapabilities | undefined;
  /** The meeting's own chat; undefined until this side is in. */
  readonly threadId: string | undefined;
  readonly end?: MeetingEnd;
}

export interface JoinedMeetingOptions {
  readonly handle: CallHandle;
  readonly sdk: MeetingsSdk;
  readonly clock: Clock;
  /** One's own raw id, where it is known. */
  readonly identity: () => string | undefined;
  /** How long the lobby is waited in, in milliseconds. Left out: as long as the service lets. */
  readonly lobbyTimeoutMs?: number;
  readonly camera?: LocalVideoStream;
  readonly onConnected: () => void;
}

const gone = { code: 'meeting/ended', why: 'this side is not in it any more' } as const;

/** One time in a meeting, from the join until this side is out. Joining again makes another. */
export class JoinedMeeting {
  readonly levels$: Observable<AudioLevels>;
  readonly ended: Promise<void>;
  readonly #options: JoinedMeetingOptions;
  readonly #people: MeetingPeople;
  readonly #lobby: MeetingLobby;
  readonly #pictures: MeetingPictures;
  readonly #captions: MeetingCaptions;
  readonly #quality: ReturnType<typeof watchQuality>;
  readonly #indications: Indications;
  readonly #consent: Consent;
  readonly #muting: Muting;
  readonly #over = new AbortController();
  readonly #state: ReturnType<typeof createLive<JoinedState>>;
  readonly #unhook: () => void;
  #official: ParticipantCapabilities | undefined;
  #camera: LocalVideoStream | undefined;
  #mutedByOthers = false;
  #handRaised = false;
  #wasIn = false;
  #stage: MeetingStage = 'joining';
  /** Set when this side brings its end about itself. */
  #ending: MeetingEnd | undefined;
  #cancelLobby: () => void = () => {};
  #resolveEnded: () => void = () => {};

  constructor(options: JoinedMeetingOptions) {
    const { handle, sdk, clock, camera } = options;
    const { call } = handle;
    const { Features } = sdk;
    this.#options = options;
    this.#camera = camera;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    const update = () => this.#update();
    this.#indications = watchIndications(call, Features, update);
    this.#consent = new Consent(this.#indications);
    this.#captions = new MeetingCaptions(
      optional(() => call.feature(Features.Captions)),
      update,
    );
    const capabilities = optional(() => call.feature(Features.Capabilities));
    const capable = () => {
      this.#official = capabilities === undefined ? undefined : { ...capabilities.capabilities };
      this.#lobby.refresh();
      this.#update();
    };
    this.#official = capabilities === undefined ? undefined : { ...capabilities.capabilities };
    this.#people = new MeetingPeople(call, Features, update);
    this.#lobby = new MeetingLobby(call, () => this.#official?.manageLobby?.isPresent === true);
    this.#pictures = new MeetingPictures(call, sdk);
    this.#quality = watchQuality(call, Features);
    this.#muting = new Muting({
      clock,
      over: this.#over.signal,
      isMuted: () => call.isMuted,
      change: (muted) => this.#run(muted ? 'mute' : 'unmute', () => (muted ? call.mute() : call.unmute())),
    });
    const mutedByOthers = () => {
      this.#mutedByOthers = true;
      this.#update();
    };
    // What the service allows is told with the first connection, without an event.
    const moved = () => {
      capable();
      this.#pictures.refresh();
    };
    this.#state = createLive<JoinedState>(this.#read());
    call.on('stateChanged', moved);
    call.on('roleChanged', capable);
    call.on('isMutedChanged', update);
    call.on('mutedByOthers', mutedByOthers);
    call.on('isScreenSharingOnChanged', update);
    call.on('isLocalVideoStartedChanged', update);
    call.info.onCallInfoChanged('callInfoChanged', update);
    capabilities?.on('capabilitiesChanged', capable);
    this.#unhook = () => {
      call.off('stateChanged', moved);
      call.off('roleChanged', capable);
      call.off('isMutedChanged', update);
      call.off('mutedByOthers', mutedByOthers);
      call.off('isScreenSharingOnChanged', update);
      call.off('isLocalVideoStartedChanged', update);
      call.info.offCallInfoChanged('callInfoChanged', update);
      capabilities?.off('capabilitiesChanged', capable);
    };
    this.levels$ = callLevels(call, this.#people.live, clock);
    this.#settle();
  }

  get state$(): Live<JoinedState> {
    return this.#state.live;
  }

  get people$(): MeetingPeople['live'] {
    return this.#people.live;
  }

  get lobby$(): Live<readonly LobbyGuest[]> {
    return this.#lobby.live;
  }

  get pictures$(): Live<readonly MeetingPicture[]> {
    return this.#pictures.live;
  }

  get captions$(): Live<readonly Caption[]> {
    return this.#captions.live;
  }

  get quality$(): Live<CallQuality> {
    return this.#quality.live;
  }

  get hasEnded(): boolean {
    return this.#over.signal.aborted;
  }

  get native(): CallHandle['call'] {
    return this.#call;
  }

  get #call(): CallHandle['call'] {
    return this.#options.handle.call;
  }

  setMuted(muted: boolean): Promise<void> {
    return this.#muting.set(muted);
  }

  /** A screen that is shared is not shown any more: the package stops it with the hold. */
  async hold(): Promise<void> {
    if (this.#call.state === 'LocalHold') return;
    await this.stopSharing();
    await this.#run('hold meeting', () => this.#call.hold());
  }

  resume(): Promise<void> {
    return this.#run('resume meeting', () => this.#call.resume());
  }

  /** `open`: makes the picture; it is this meeting's from then on. */
  async startVideo(open: () => Promise<LocalVideoStream>): Promise<void> {
    if (this.#call.isLocalVideoStarted) return;
    this.#camera?.dispose();
    const camera = (this.#camera = await open());
    try {
      await this.#run('start video', () => this.#call.startVideo(camera));
    } catch (error) {
      camera.dispose();
      if (this.#camera === camera) this.#camera = undefined;
      throw error;
    }
    if (this.hasEnded) camera.dispose();
  }

  async stopVideo(): Promise<void> {
    const camera = this.#camera;
    if (camera === undefined) return;
    await this.#run('stop video', () => this.#call.stopVideo(camera));
    camera.dispose();
    if (this.#camera === camera) this.#camera = undefined;
  }

  async startSharing(): Promise<void> {
    if (this.#call.isScreenSharingOn) return;
    await this.#run('share screen', () => this.#call.startScreenSharing());
  }

  async stopSharing(): Promise<void> {
    if (!this.#call.isScreenSharingOn) return;
    await this.#run('stop sharing', () => this.#call.stopScreenSharing());
  }

  async setHand(raised: boolean): Promise<void> {
    const { hands } = this.#people.features;
    await this.#run(raised ? 'raise hand' : 'lower hand', () => (raised ? hands?.raiseHand() : hands?.lowerHand()));
    this.#handRaised = raised;
    this.#update();
  }

  async spotlight(participantId: string, on: boolean): Promise<void> {
    const { spotlight } = this.#people.features;
    const { id } = parseRawId(participantId, 'participantId');
    await this.#run('spotlight participant', () =>
      on ? spotlight?.startSpotlight([id]) : spotlight?.stopSpotlight([id]),
    );
  }

  admit(guestId: string): Promise<void> {
    return this.#run('admit guest', () => this.#lobby.admit(guestId));
  }

  admitAll(): Promise<void> {
    return this.#run('admit guests', () => this.#lobby.admitAll());
  }

  deny(guestId: string): Promise<void> {
    return this.#run('turn guest away', () => this.#lobby.reject(guestId));
  }

  async muteParticipant(participantId: string): Promise<void> {
    const participant = this.#people.find(participantId);
    if (participant === undefined) {
      throw new ContactCenterError('meeting/participant-gone', 'unable to mute participant; they are not in it');
    }
    await this.#run('mute participant', () => participant.mute());
  }

  async removeParticipant(participantId: string): Promise<void> {
    if (this.#people.find(participantId) === undefined) return;
    await this.#run('remove participant', () => removeFromCall(this.#options.handle, participantId));
  }

  async addParticipant(who: { readonly teamsUser: string } | { readonly phone: string }): Promise<void> {
    const target = toIdentifier(who);
    const { handle } = this.#options;
    await this.#run('add participant', () => addToCall(handle, target, this.#call.info.threadId));
  }

  startCaptions(language: string | undefined): Promise<void> {
    return this.#run('start captions', () => this.#captions.start(language));
  }

  stopCaptions(): Promise<void> {
    return this.#run('stop captions', () => this.#captions.stop());
  }

  async grantConsent(): Promise<void> {
    await this.#run('grant consent', () => this.#consent.grant());
    this.#update();
  }

  show(pictureId: string, fit: 'crop' | 'contain'): Promise<PictureView> {
    return this.#pictures.show(pictureId, fit);
  }

  /** Takes this side out, as `end` says. @throws ContactCenterError `command/timed-out` */
  async leave(end: MeetingEnd = endAs(leftHere)): Promise<void> {
    if (this.hasEnded) return;
    this.#ending ??= end;
    try {
      await hangUp(this.#call, this.ended, this.#options.clock, 'leave meeting');
    } catch (error) {
      if (!this.hasEnded) throw error;
    }
  }

  /** The agent that carries it is no more, or does not answer: no event of it will come. */
  abandon(): void {
    if (!this.hasEnded) this.#finish(this.#ending ?? endAs(leftHere));
  }

  #run(what: string, work: () => unknown): Promise<void> {
    return runInCall(this.#call, what, gone, work);
  }

  #update(): void {
    if (this.hasEnded) return;
    const next = this.#read();
    // An end is told once, with why.
    if (next.status === 'ended') return this.#end();
    if (!sameValues(next, this.#state.value)) this.#state.set(next);
    this.#settle();
  }

  #read(): JoinedState {
    const call = this.#call;
    const { recording, transcription } = this.#indications;
    const status = this.#status();
    const isIn = status === 'connected' || status === 'held';
    this.#mutedByOthers &&= call.isMuted;
    const official = this.#official;
    return {
      status,
      role: roleOf(call.role),
      muted: call.isMuted,
      mutedByOthers: this.#mutedByOthers,
      video: isIn && call.isLocalVideoStarted,
      sharing: isIn && call.isScreenSharingOn,
      handRaised: isIn && this.#isHandRaised(),
      consent: isIn ? this.#consent.read(wantsConsent(official)) : 'not-needed',
      recording: recording.isRecordingActive,
      transcription: transcription.isTranscriptionActive,
      captions: isIn && this.#captions.isOn,
      official: isIn ? official : undefined,
      threadId: isIn ? call.info.threadId : undefined,
    };
  }

  #isHandRaised(): boolean {
    const identity = this.#options.identity();
    return identity === undefined ? this.#handRaised : this.#people.handOf(identity) !== undefined;
  }

  /** A line that is lost and mended by the package is no other state. */
  #status(): JoinedState['status'] {
    switch (this.#call.state) {
      case 'InLobby':
        return 'lobby';
      case 'LocalHold':
        return 'held';
      case 'Connected':
      case 'RemoteHold':
        return 'connected';
      case 'Disconnected':
        return 'ended';
      default:
        return this.#stage === 'joining' ? 'joining' : this.#state.value.status;
    }
  }

  /** What a new state brings with it. */
  #settle(): void {
    if (this.hasEnded) return;
    const { status } = this.#state.value;
    if (status === 'ended') return this.#end();
    if (status === 'lobby' && this.#stage === 'joining') {
      this.#stage = 'lobby';
      const { lobbyTimeoutMs, clock } = this.#options;
      if (lobbyTimeoutMs !== undefined) this.#cancelLobby = clock.schedule(lobbyTimeoutMs, () => this.#giveUp());
    }
    if ((status === 'connected' || status === 'held') && !this.#wasIn) {
      this.#wasIn = true;
      this.#stage = 'in';
      this.#cancelLobby();
      this.#options.onConnected();
    }
  }

  #end(): void {
    this.#finish(this.#ending ?? toMeetingEnd(this.#call.callEndReason, this.#stage));
  }

  #giveUp(): void {
    this.leave(endAs(lobbyTimedOut)).catch(() => this.abandon());
  }

  #finish(end: MeetingEnd): void {
    this.#over.abort(new ContactCenterError(gone.code, `unable to do it; ${gone.why}`));
    this.#cancelLobby();
    this.#unhook();
    this.#indications.stop();
    this.#people.close();
    this.#lobby.close();
    this.#pictures.close();
    this.#captions.close();
    this.#quality.stop();
    this.#camera?.dispose();
    this.#camera = undefined;
    this.#state.set({ ...this.#state.value, ...out, end });
    this.#state.complete();
    this.#resolveEnded();
  }
}

const out = {
  ...({ status: 'ended', video: false, sharing: false, handRaised: false, captions: false } as const),
  ...({ consent: 'not-needed', official: undefined, threadId: undefined } as const),
};

function wantsConsent(official: ParticipantCapabilities | undefined): boolean {
  return [official?.unmuteMic, official?.turnVideoOn, official?.shareScreen].some(
    (one) => one?.isPresent === false && one.reason === 'ExplicitConsentRequired',
  );
}
