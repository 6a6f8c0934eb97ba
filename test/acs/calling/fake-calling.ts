import type {
  AudioDeviceInfo,
  Call,
  CallAgent,
  CallEndReason,
  CallState,
  ConnectionState,
  ConnectionStateChangedReason,
  CustomContext,
  DeviceManager,
  IncomingCall,
  MediaStatsReportSample,
  RemoteParticipant,
  TeamsCall,
  TeamsCallAgent,
  TeamsIncomingCall,
  TransferState,
  VideoDeviceInfo,
} from '@azure/communication-calling';
import type { Clock } from 'onescreen';
import type { CallingSdk } from '../../../src/acs/calling/calling-sdk';

type Listener = (...args: never[]) => void;

/** The `on` and `off` that everything in the calling package has. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly on = (event: string, listener: Listener): void => {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  };
  readonly off = (event: string, listener: Listener): void => {
    this.#listeners.get(event)?.delete(listener);
  };
  emit(event: string, args?: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) Reflect.apply(listener, undefined, [args]);
  }
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** An object of the published type of which only `members` are there; touching another one is a fault of the test. */
export function partOf<T extends object>(members: Partial<T>): T {
  // the proxy has every member, as a throw
  return new Proxy(members as T, {
    get(target, key) {
      if (typeof key === 'symbol' || key === 'then' || key in target) return Reflect.get(target, key);
      throw new Error(`the fake has no ${key}`);
    },
  });
}

export class ServiceError extends Error {
  override readonly name = 'CallingCommunicationError';
  constructor(
    readonly code: number,
    readonly subCode: number,
    message = 'raw',
  ) {
    super(message);
  }
}

export class FakeParticipant extends Emitter {
  state: RemoteParticipant['state'] = 'Connected';
  isMuted = false;
  isSpeaking = false;
  displayName = 'Bo';
  muteFails: ServiceError | undefined;
  muted = 0;
  readonly mute = async (): Promise<void> => {
    if (this.muteFails !== undefined) throw this.muteFails;
    this.muted += 1;
    this.isMuted = true;
    this.emit('isMutedChanged');
  };
  constructor(readonly identifier: RemoteParticipant['identifier']) {
    super();
  }
  get official(): RemoteParticipant {
    const members = live<RemoteParticipant>(this, [
      'identifier',
      'state',
      'isMuted',
      'isSpeaking',
      'displayName',
      'mute',
      'on',
      'off',
    ]);
    return (this.#official ??= partOf<RemoteParticipant>(members));
  }
  #official: RemoteParticipant | undefined;
}

/** Members that read through to `source` whenever they are asked for. */
export function live<T extends object>(source: object, names: readonly (keyof T & string)[]): Partial<T> {
  const members: Partial<T> = {};
  for (const name of names) {
    Object.defineProperty(members, name, { enumerable: true, get: (): unknown => Reflect.get(source, name) });
  }
  return members;
}

/** A transfer that was begun; what becomes of it is the test's. */
export class FakeTransfer extends Emitter {
  state: TransferState = 'None';
  error: { readonly code: number; readonly subCode?: number } | undefined;
  constructor(readonly target: unknown) {
    super();
  }
  to(state: TransferState, error?: FakeTransfer['error']): void {
    this.state = state;
    this.error = error;
    this.emit('stateChanged');
  }
}

const callMembers = [
  ...(['kind', 'id', 'state', 'callEndReason', 'isMuted', 'remoteParticipants', 'localAudioStreams'] as const),
  ...(['remoteAudioStreams', 'on', 'off', 'feature', 'mute', 'unmute', 'hold', 'resume', 'sendDtmf'] as const),
  ...(['addParticipant', 'removeParticipant', 'hangUp'] as const),
];

export class FakeCall extends Emitter {
  /** As the package names it; the enum itself would have to be loaded. */
  kind = 'TeamsCall';
  readonly did: unknown[] = [];
  readonly recording = Object.assign(new Emitter(), { isRecordingActive: false });
  readonly transcription = Object.assign(new Emitter(), { isTranscriptionActive: false });
  readonly network = Object.assign(new Emitter(), { getLatest: () => ({}) });
  readonly media = Object.assign(new Emitter(), { getLatest: () => ({}) });
  readonly collector = Object.assign(new Emitter(), { dispose: () => this.did.push('collector disposed') });
  readonly localVolume = { level: 40, ...nothing };
  readonly remoteVolume = { level: 80, ...nothing };
  readonly localAudioStreams = [{ getVolume: async () => this.localVolume }];
  readonly remoteAudioStreams = [{ getVolume: async () => this.remoteVolume }];
  readonly transfers: FakeTransfer[] = [];
  readonly transferring = Object.assign(new Emitter(), {
    transfer: (target: unknown) => {
      if (this.fails !== undefined) throw this.fails;
      const transfer = new FakeTransfer(target);
      this.transfers.push(transfer);
      return transfer;
    },
  });
  id = 'call-1';
  state: CallState = 'Connecting';
  callEndReason: CallEndReason | undefined;
  isMuted = false;
  isEmergencyCall = false;
  remoteParticipants: RemoteParticipant[] = [];
  fails: ServiceError | undefined;

  readonly teams: TeamsCall = partOf<TeamsCall>(live<TeamsCall>(this, [...callMembers, 'isEmergencyCall']));
  readonly acs: Call = partOf<Call>(live<Call>(this, callMembers));

  to(state: CallState, reason?: CallEndReason): void {
    this.state = state;
    if (reason !== undefined) this.callEndReason = reason;
    this.emit('stateChanged');
  }
  join(...participants: readonly FakeParticipant[]): void {
    const added = participants.map(({ official }) => official);
    this.remoteParticipants = [...this.remoteParticipants, ...added];
    this.emit('remoteParticipantsUpdated', { added, removed: [] });
  }
  lose(...participants: readonly FakeParticipant[]): void {
    const removed = participants.map(({ official }) => official);
    this.remoteParticipants = this.remoteParticipants.filter((one) => !removed.includes(one));
    this.emit('remoteParticipantsUpdated', { added: [], removed });
  }
  sample(report: Partial<MediaStatsReportSample['audio']>, rttInMs: number): void {
    const audio = { send: [], receive: [], ...report };
    this.collector.emit('sampleReported', { audio, transports: [{ id: 't', rttInMs }] });
  }
  readonly feature = (factory: object): unknown => featureOf(this, factory);
  readonly mute = () => this.#do('mute', () => this.#muted(true));
  readonly unmute = () => this.#do('unmute', () => this.#muted(false));
  readonly hold = () => this.#do('hold', () => this.to('LocalHold'));
  readonly resume = () => this.#do('resume', () => this.to('Connected'));
  readonly sendDtmf = (tone: string) => this.#do(`tone ${tone}`);
  readonly addParticipant = (who: unknown): RemoteParticipant => {
    this.did.push(['add', who]);
    return new FakeParticipant({ kind: 'unknown', id: 'x' }).official;
  };
  readonly removeParticipant = (who: unknown) => this.#do(['remove', who]);
  readonly hangUp = () => this.#do('hang up', () => this.to('Disconnected', { code: 0, subCode: 0 }));

  #muted(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.emit('isMutedChanged');
  }
  async #do(what: unknown, effect: () => void = () => {}): Promise<void> {
    this.did.push(what);
    if (this.fails !== undefined) throw this.fails;
    effect();
  }
}

const nothing = { on() {}, off() {} };

const incomingMembers = ['id', 'callerInfo', 'customContext', 'info', 'on', 'off', 'reject'] as const;

export class FakeIncoming extends Emitter {
  readonly callerInfo = { identifier: undefined, displayName: 'Customer' };
  readonly call = new FakeCall();
  readonly info = { getServerCallId: async () => this.serverCallId };
  serverCallId = 'server-call-1';
  fails: ServiceError | undefined;
  accepted: unknown;
  rejected = 0;
  constructor(
    readonly id: string,
    readonly customContext?: CustomContext,
  ) {
    super();
  }
  readonly teams: TeamsIncomingCall = partOf<TeamsIncomingCall>(
    Object.assign(live<TeamsIncomingCall>(this, incomingMembers), {
      accept: async (options?: unknown) => this.#accept(options).teams,
    }),
  );
  readonly acs: IncomingCall = partOf<IncomingCall>(
    Object.assign(live<IncomingCall>(this, incomingMembers), {
      accept: async (options?: unknown) => this.#accept(options).acs,
    }),
  );
  readonly reject = async (): Promise<void> => {
    this.rejected += 1;
  };
  ends(code: number, subCode: number): void {
    this.emit('callEnded', { callEndReason: { code, subCode } });
  }
  #accept(options: unknown): FakeCall {
    if (this.fails !== undefined) throw this.fails;
    this.accepted = options;
    return this.call;
  }
}

export class FakeAgent extends Emitter {
  connectionState: ConnectionState = 'Connected';
  disposed = false;
  readonly started: unknown[] = [];
  readonly call = new FakeCall();
  constructor(readonly kind: 'CallAgent' | 'TeamsCallAgent') {
    super();
  }
  /** What joining a meeting gives; the test's. */
  joining: (locator: unknown, options: unknown) => { readonly acs: Call; readonly teams: TeamsCall } = () => {
    throw new Error('the test joins nothing');
  };
  readonly join = (locator: unknown, options: unknown) => {
    const call = this.joining(locator, options);
    return this.kind === 'CallAgent' ? call.acs : call.teams;
  };
  readonly startCall = (...args: readonly unknown[]) => {
    this.started.push(args);
    return this.kind === 'CallAgent' ? this.call.acs : this.call.teams;
  };
  connection(newValue: ConnectionState, reason?: ConnectionStateChangedReason): void {
    this.connectionState = newValue;
    this.emit('connectionStateChanged', { newValue, oldValue: 'Connected', ...(reason !== undefined && { reason }) });
  }
  ring(incoming: FakeIncoming): void {
    this.emit('incomingCall', { incomingCall: this.kind === 'CallAgent' ? incoming.acs : incoming.teams });
  }
}

export const laptop = { id: 'microphone:1', name: 'Laptop', isSystemDefault: true, deviceType: 'Microphone' } as const;
export const headset = {
  id: 'microphone:2',
  name: 'Headset',
  isSystemDefault: false,
  deviceType: 'Microphone',
} as const;
export const loudspeaker = { id: 'speaker:1', name: 'Loud', isSystemDefault: true, deviceType: 'Speaker' } as const;

export const webcam = { id: 'camera:1', name: 'Webcam', deviceType: 'UsbCamera' } as const;
export const documentCamera = { id: 'camera:2', name: 'Document', deviceType: 'UsbCamera' } as const;

export class FakeDevices extends Emitter {
  cameras: VideoDeviceInfo[] = [webcam, documentCamera];
  allowsVideo = true;
  readonly getCameras = async () => this.cameras;
  isSpeakerSelectionAvailable = true;
  microphones: AudioDeviceInfo[] = [laptop, headset];
  selectedMicrophone: AudioDeviceInfo | undefined = laptop;
  selectedSpeaker: AudioDeviceInfo | undefined = loudspeaker;
  allows = true;
  speakersFail: ServiceError | undefined;
  readonly getMicrophones = async () => this.microphones;
  getSpeakers = async (): Promise<AudioDeviceInfo[]> => {
    if (this.speakersFail !== undefined) throw this.speakersFail;
    return [loudspeaker];
  };
  readonly selectMicrophone = async (device: AudioDeviceInfo) => {
    this.selectedMicrophone = device;
    this.emit('selectedMicrophoneChanged');
  };
  readonly selectSpeaker = async (device: AudioDeviceInfo) => {
    this.selectedSpeaker = device;
    this.emit('selectedSpeakerChanged');
  };
  readonly askDevicePermission = async () => ({ audio: this.allows, video: this.allowsVideo });
  readonly official = partOf<DeviceManager>(
    live<DeviceManager>(this, [
      ...(['isSpeakerSelectionAvailable', 'selectedMicrophone', 'selectedSpeaker', 'getMicrophones'] as const),
      'getCameras',
      ...(['getSpeakers', 'selectMicrophone', 'selectSpeaker', 'askDevicePermission', 'on', 'off'] as const),
    ]),
  );
}

const tokens = {
  DebugInfo: { callClientApiCtor: unused() },
  MediaStats: { callApiCtor: unused() },
  Recording: { callApiCtor: unused() },
  Transcription: { callApiCtor: unused() },
  Transfer: { callApiCtor: unused() },
  UserFacingDiagnostics: { callApiCtor: unused() },
};

/** A feature's token. */
export function unused(): never {
  // only its identity counts
  return (() => {}) as never;
}

function featureOf(
  { recording, transcription, transferring, network, media, collector }: FakeCall,
  factory: object,
): unknown {
  if (factory === tokens.Recording) return recording;
  if (factory === tokens.Transcription) return transcription;
  if (factory === tokens.Transfer) return transferring;
  if (factory === tokens.MediaStats) return { createCollector: () => collector };
  return { network, media };
}

/** The calling package under a test's thumb. One agent of a page at a time, as the real one has it. */
export class FakeCalling {
  readonly agents: FakeAgent[] = [];
  readonly devices = new FakeDevices();
  readonly tokens: string[] = [];
  readonly levelStreams = { open: 0, ever: 0 };
  most = 0;
  clients = 0;
  refuses: Partial<Record<FakeAgent['kind'], Error>> = {};
  connects = true;
  supported = true;
  joining: FakeAgent['joining'] | undefined;
  /** How long the real one takes for what is done at once in most fakes. */
  disposeMs = 300;

  constructor(readonly clock: Clock) {}

  get agent(): FakeAgent {
    const agent = this.agents.at(-1);
    if (agent === undefined) throw new Error('there is no agent yet');
    return agent;
  }

  get sdk(): CallingSdk {
    return (this.#sdk ??= this.#make());
  }
  #sdk: CallingSdk | undefined;

  #make(): CallingSdk {
    const create = async (kind: FakeAgent['kind'], credential: { getToken(): Promise<{ token: string }> }) => {
      this.tokens.push((await credential.getToken()).token);
      await this.#pause(20);
      const refusal = this.refuses[kind];
      if (refusal !== undefined) throw refusal;
      if (this.agents.some(({ disposed }) => !disposed)) throw new ServiceError(409, 40228, 'already created');
      const agent = new FakeAgent(kind);
      if (this.joining !== undefined) agent.joining = this.joining;
      agent.connectionState = this.connects ? 'Connected' : 'Disconnected';
      this.agents.push(agent);
      this.most = Math.max(this.most, this.agents.filter(({ disposed }) => !disposed).length);
      const dispose = async () => {
        await this.#pause(this.disposeMs);
        agent.disposed = true;
      };
      return { agent, dispose };
    };
    const environment = { platform: 'Linux', browser: 'Fake', browserVersion: '1' };
    const isSupported = () => this.supported;
    const { devices, levelStreams } = this;
    const counted = () => {
      this.clients += 1;
    };
    return {
      CallClient: class {
        constructor() {
          counted();
        }
        feature(): never {
          const info = async () => ({
            environment,
            isSupportedPlatform: isSupported(),
            isSupportedBrowser: true,
            isSupportedBrowserVersion: true,
            isSupportedEnvironment: isSupported(),
          });
          // the one feature a client is asked for
          return { getEnvironmentInfo: info } as never;
        }
        async createCallAgent(credential: { getToken(): Promise<{ token: string }> }): Promise<CallAgent> {
          const { agent, dispose } = await create('CallAgent', credential);
          return partOf<CallAgent>(
            Object.assign(live<CallAgent>(agent, ['connectionState', 'on', 'off', 'startCall', 'join']), { dispose }),
          );
        }
        async createTeamsCallAgent(credential: { getToken(): Promise<{ token: string }> }): Promise<TeamsCallAgent> {
          const { agent, dispose } = await create('TeamsCallAgent', credential);
          const members = live<TeamsCallAgent>(agent, ['connectionState', 'on', 'off', 'startCall', 'join']);
          return partOf<TeamsCallAgent>(Object.assign(members, { dispose }));
        }
        async getDeviceManager(): Promise<DeviceManager> {
          return devices.official;
        }
        async dispose(): Promise<void> {
          await Promise.resolve();
        }
      },
      Features: tokens,
      LocalAudioStream: class {
        constructor() {
          levelStreams.open += 1;
          levelStreams.ever += 1;
        }
        async getVolume() {
          return { level: 50, ...nothing };
        }
        dispose(): void {
          levelStreams.open -= 1;
        }
      },
    };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(ms, resolve));
  }
}
