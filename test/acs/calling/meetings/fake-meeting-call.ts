import type {
  Call,
  CallEndReason,
  CallState,
  CapabilityResolutionReason,
  LocalVideoStream,
  ParticipantCapabilities,
  ParticipantCapabilityName,
  RemoteParticipant,
  RemoteVideoStream,
  TeamsCall,
} from '@azure/communication-calling';
import { Emitter, live, partOf, type ServiceError } from '../fake-calling';

export class FakeStream extends Emitter {
  isAvailable = true;
  isReceiving = true;
  constructor(
    readonly id: number,
    readonly mediaStreamType: RemoteVideoStream['mediaStreamType'],
  ) {
    super();
  }
  readonly official: RemoteVideoStream = partOf<RemoteVideoStream>(
    live<RemoteVideoStream>(this, ['id', 'mediaStreamType', 'isAvailable', 'isReceiving', 'on', 'off']),
  );
  available(isAvailable: boolean): void {
    this.isAvailable = isAvailable;
    this.emit('isAvailableChanged');
  }
  receiving(isReceiving: boolean): void {
    this.isReceiving = isReceiving;
    this.emit('isReceivingChanged');
  }
}

export class FakePerson extends Emitter {
  state: RemoteParticipant['state'] = 'Connected';
  role: RemoteParticipant['role'] = 'Attendee';
  isMuted = false;
  isSpeaking = false;
  videoStreams: RemoteVideoStream[] = [];
  muted = 0;
  constructor(
    readonly identifier: RemoteParticipant['identifier'],
    readonly displayName = 'Bo',
  ) {
    super();
  }
  readonly mute = async (): Promise<void> => void (this.muted += 1);
  readonly official: RemoteParticipant = partOf<RemoteParticipant>(
    live<RemoteParticipant>(this, [
      ...(['identifier', 'state', 'role', 'isMuted', 'isSpeaking', 'displayName', 'videoStreams'] as const),
      ...(['mute', 'on', 'off'] as const),
    ]),
  );
  show(...streams: readonly FakeStream[]): void {
    const added = streams.map(({ official }) => official);
    this.videoStreams = [...this.videoStreams, ...added];
    this.emit('videoStreamsUpdated', { added, removed: [] });
  }
}

export function acsUser(id: string): RemoteParticipant['identifier'] {
  return { kind: 'communicationUser', communicationUserId: id };
}

export function teamsUser(id: string): RemoteParticipant['identifier'] {
  return { kind: 'microsoftTeamsUser', microsoftTeamsUserId: id };
}

const names: readonly ParticipantCapabilityName[] = [
  ...(['turnVideoOn', 'unmuteMic', 'shareScreen', 'removeParticipant', 'hangUpForEveryOne'] as const),
  ...(['addCommunicationUser', 'addTeamsUser', 'addPhoneNumber', 'manageLobby', 'spotlightParticipant'] as const),
  ...(['removeParticipantsSpotlight', 'blurBackground', 'startLiveMeetingCaptions', 'setCaptionLanguage'] as const),
  ...(['startLiveCallingCaptions', 'raiseHand', 'pstnDialOut', 'muteOthers', 'useReactions'] as const),
  ...(['viewAttendeeNames', 'startTogetherMode', 'joinBreakoutRooms', 'forbidOthersAudio'] as const),
  ...(['forbidOthersVideo', 'realTimeText'] as const),
];

/** All capabilities, but for some that are held back for a reason. */
export function capable(
  refused: Readonly<Partial<Record<ParticipantCapabilityName, CapabilityResolutionReason>>> = {},
): ParticipantCapabilities {
  const entries = names.map((name) => {
    const reason = refused[name];
    return [name, { isPresent: reason === undefined, reason: reason ?? 'Capable' }];
  });
  // made of every name there is
  return Object.fromEntries(entries) as ParticipantCapabilities;
}

class FakeConsenting extends Emitter {
  isRecordingActive = false;
  isTranscriptionActive = false;
  isTeamsConsentRequired = false;
  granted = 0;
  readonly recordings = [];
  readonly grantTeamsConsent = async (): Promise<void> => {
    this.granted += 1;
    this.isTeamsConsentRequired = false;
  };
}

const callMembers = [
  ...(['kind', 'id', 'state', 'callEndReason', 'isMuted', 'isScreenSharingOn', 'isLocalVideoStarted'] as const),
  ...(['localVideoStreams', 'localAudioStreams', 'remoteAudioStreams', 'remoteParticipants', 'role', 'lobby'] as const),
  ...(['info', 'feature', 'hangUp', 'mute', 'unmute', 'hold', 'resume', 'startVideo', 'stopVideo'] as const),
  ...(['startScreenSharing', 'stopScreenSharing', 'addParticipant', 'removeParticipant', 'on', 'off'] as const),
];

/** One time in a meeting, of the calling package; what becomes of it is the test's. */
export class FakeMeetingCall extends Emitter {
  kind = 'Call';
  id = 'call-1';
  state: CallState = 'Connecting';
  callEndReason: CallEndReason | undefined;
  isMuted = false;
  isScreenSharingOn = false;
  isLocalVideoStarted = false;
  localVideoStreams: LocalVideoStream[] = [];
  role = 'Attendee';
  remoteParticipants: RemoteParticipant[] = [];
  fails: ServiceError | undefined;
  hangsUp = true;
  /** What is asked of it is never answered. */
  never = false;
  readonly did: unknown[] = [];
  readonly localAudioStreams = [];
  readonly remoteAudioStreams = [];
  readonly recording = new FakeConsenting();
  readonly transcription = new FakeConsenting();
  readonly network = Object.assign(new Emitter(), { getLatest: () => ({}) });
  readonly media = Object.assign(new Emitter(), { getLatest: () => ({}) });
  readonly collector = Object.assign(new Emitter(), { dispose: () => {} });
  readonly capabilities = Object.assign(new Emitter(), { capabilities: capable() });
  readonly raised: { identifier: object; order: number }[] = [];
  readonly hands = Object.assign(new Emitter(), {
    getRaisedHands: () => this.raised,
    raiseHand: () => this.#do('raise hand'),
    lowerHand: () => this.#do('lower hand'),
  });
  spotlit: { identifier: object }[] = [];
  readonly spotlight = Object.assign(new Emitter(), {
    getSpotlightedParticipants: () => this.spotlit,
    startSpotlight: (who: unknown) => this.#do(['spotlight', who]),
    stopSpotlight: (who: unknown) => this.#do(['no spotlight', who]),
  });
  readonly speakers = Object.assign(new Emitter(), {
    dominantSpeakers: { speakersList: [] as RemoteParticipant['identifier'][], timestamp: new Date(0) },
  });
  readonly teamsCaptions = Object.assign(new Emitter(), {
    kind: 'TeamsCaptions',
    activeSpokenLanguage: 'en-us',
    startCaptions: (options: unknown) => this.#do(['captions', options]),
    stopCaptions: () => this.#do('no captions'),
  });
  readonly captions = Object.assign(new Emitter(), { captions: this.teamsCaptions });
  waiting: RemoteParticipant[] = [];
  readonly lobby: Record<string, unknown> = this.#lobby();
  threadId: string | undefined = '19:meeting_1@thread.v2';
  readonly info: Record<string, unknown> = this.#info();
  readonly acs: Call = partOf<Call>(live<Call>(this, callMembers));
  readonly teams: TeamsCall = partOf<TeamsCall>(live<TeamsCall>(this, callMembers));

  to(state: CallState, reason?: CallEndReason): void {
    this.state = state;
    if (reason !== undefined) this.callEndReason = reason;
    this.emit('stateChanged');
  }
  join(...people: readonly FakePerson[]): void {
    const added = people.map(({ official }) => official);
    this.remoteParticipants = [...this.remoteParticipants, ...added];
    this.emit('remoteParticipantsUpdated', { added, removed: [] });
  }
  lose(...people: readonly FakePerson[]): void {
    const removed = people.map(({ official }) => official);
    this.remoteParticipants = this.remoteParticipants.filter((one) => !removed.includes(one));
    this.emit('remoteParticipantsUpdated', { added: [], removed });
  }
  wait(...people: readonly FakePerson[]): void {
    this.waiting = people.map(({ official }) => official);
    this.#lobbyEvents.emit('lobbyParticipantsUpdated', { added: this.waiting, removed: [] });
  }
  may(capabilities: ParticipantCapabilities): void {
    this.capabilities.capabilities = capabilities;
    this.capabilities.emit('capabilitiesChanged', { oldValue: {}, newValue: capabilities, reason: 'RoleChanged' });
  }
  wantConsent(feature: FakeConsenting): void {
    feature.isTeamsConsentRequired = true;
    feature.isRecordingActive = true;
    feature.emit('isRecordingActiveChanged');
    feature.emit('isTranscriptionActiveChanged');
  }
  /** All listeners on all its parts. */
  get listeners(): number {
    const parts = [this, this.recording, this.transcription, this.network, this.media, this.collector, this.hands];
    const more = [this.capabilities, this.spotlight, this.speakers, this.teamsCaptions, this.#lobbyEvents];
    return [...parts, ...more, this.#infoEvents].reduce((sum, { listening }) => sum + listening, 0);
  }

  readonly feature = (factory: { readonly callApiCtor: { readonly part: string } }): unknown => {
    const part = factory.callApiCtor.part;
    if (part === 'diagnostics') return { network: this.network, media: this.media };
    if (part === 'stats') return { createCollector: () => this.collector };
    return Reflect.get(this, part);
  };
  readonly mute = () => this.#do('mute', () => this.#set('isMuted', true));
  readonly unmute = () => this.#do('unmute', () => this.#set('isMuted', false));
  readonly hold = () => this.#do('hold', () => this.to('LocalHold'));
  readonly resume = () => this.#do('resume', () => this.to('Connected'));
  readonly startScreenSharing = () => this.#do('share', () => this.#set('isScreenSharingOn', true));
  readonly stopScreenSharing = () => this.#do('no share', () => this.#set('isScreenSharingOn', false));
  readonly startVideo = (stream: LocalVideoStream) => this.#do('video', () => this.#video([stream]));
  readonly stopVideo = () => this.#do('no video', () => this.#video([]));
  readonly addParticipant = (...who: readonly unknown[]) => void this.did.push(['add', ...who]);
  readonly removeParticipant = (who: unknown) => this.#do(['remove', who]);
  readonly hangUp = (options: unknown) =>
    this.#do(['hang up', options], () => {
      if (this.hangsUp) this.to('Disconnected', { code: 0, subCode: 0 });
    });

  readonly #lobbyEvents = new Emitter();
  readonly #infoEvents = new Emitter();

  #lobby(): Record<string, unknown> {
    return Object.defineProperty(
      {
        on: (event: string, listener: () => void) => this.#lobbyEvents.on(event, listener),
        off: (event: string, listener: () => void) => this.#lobbyEvents.off(event, listener),
        admit: (who: unknown) => this.#do(['admit', who]),
        reject: (who: unknown) => this.#do(['reject', who]),
        admitAll: () => this.#do('admit all'),
      },
      'participants',
      { get: () => this.waiting },
    );
  }
  #info(): Record<string, unknown> {
    return Object.defineProperty(
      {
        onCallInfoChanged: (event: string, listener: () => void) => this.#infoEvents.on(event, listener),
        offCallInfoChanged: (event: string, listener: () => void) => this.#infoEvents.off(event, listener),
      },
      'threadId',
      { get: () => this.threadId },
    );
  }
  #set(name: 'isMuted' | 'isScreenSharingOn', value: boolean): void {
    this[name] = value;
    this.emit(`${name}Changed`);
  }
  #video(streams: LocalVideoStream[]): void {
    const removed = this.localVideoStreams;
    this.localVideoStreams = streams;
    this.isLocalVideoStarted = streams.length > 0;
    this.emit('isLocalVideoStartedChanged');
    this.emit('localVideoStreamsUpdated', { added: streams, removed });
  }
  async #do(what: unknown, effect: () => void = () => {}): Promise<void> {
    this.did.push(what);
    if (this.never) await new Promise(() => {});
    if (this.fails !== undefined) throw this.fails;
    effect();
  }
}
