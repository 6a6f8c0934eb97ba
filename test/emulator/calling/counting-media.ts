import type {
  AudioDevice,
  AudioDevices,
  Microphone,
  MicrophoneEvents,
  OpenPicture,
  Peer,
  PeerEvents,
  PeerStats,
} from 'onescreen/emulator/calling';

/** Peers that carry nothing and count everything. */
export class CountingPeers {
  readonly all: CountingPeer[] = [];
  /** Thrown by the next `openPeer`. */
  failure: Error | undefined;

  readonly open = (events: PeerEvents, options: { readonly pictures?: boolean } = {}): Peer => {
    if (this.failure !== undefined) throw this.failure;
    const peer = new CountingPeer(events, this.all.length, options.pictures ?? false);
    this.all.push(peer);
    return peer;
  };

  get live(): number {
    return this.all.filter(({ closed }) => closed === 0).length;
  }

  get last(): CountingPeer {
    const peer = this.all.at(-1);
    if (peer === undefined) throw new Error('no peer was opened');
    return peer;
  }

  /** What was done with a peer that had been closed. */
  get misuse(): readonly string[] {
    return this.all.flatMap(({ misuse }) => misuse);
  }
}

export class CountingPeer implements Peer {
  readonly incoming = undefined;
  readonly events: PeerEvents;
  readonly misuse: string[] = [];
  /** Whether it was opened with pictures. */
  readonly pictures: boolean;
  readonly #index: number;
  closed = 0;
  sending: Microphone | undefined;
  /** What is sent now, by kind. `stream` is what was given. */
  readonly pictureSent = new Map<'camera' | 'screen', MediaStream>();
  readonly #slots = new Map<number, MediaStream>();
  speaker: string | undefined;
  playing = true;
  answered: string | undefined;
  counters: PeerStats = { bytesSent: 0, packetsSent: 0, bytesReceived: 0, packetsReceived: 0, packetsLost: 0 };

  constructor(events: PeerEvents, index: number, pictures = false) {
    this.events = events;
    this.pictures = pictures;
    this.#index = index;
  }

  async offer(): Promise<string> {
    this.#use('offer');
    return `offer ${this.#index}`;
  }

  async answer(sdp: string): Promise<void> {
    this.#use('answer');
    this.answered = sdp;
  }

  async send(microphone: Microphone | undefined): Promise<void> {
    this.#use('send');
    this.sending = microphone;
  }

  async sendPicture(kind: 'camera' | 'screen', stream: MediaStream | undefined): Promise<void> {
    this.#use('sendPicture');
    if (!this.pictures) this.misuse.push('sendPicture without pictures');
    if (stream === undefined) this.pictureSent.delete(kind);
    else this.pictureSent.set(kind, stream);
  }

  picture(slot: number): MediaStream | undefined {
    this.#use('picture');
    if (!this.pictures || this.answered === undefined) return undefined;
    const stream = this.#slots.get(slot) ?? fakeStream();
    this.#slots.set(slot, stream);
    return stream;
  }

  async setSpeaker(deviceId: string | undefined): Promise<void> {
    this.#use('setSpeaker');
    this.speaker = deviceId;
  }

  setPlaying(playing: boolean): void {
    this.#use('setPlaying');
    this.playing = playing;
  }

  async stats(): Promise<PeerStats> {
    this.#use('stats');
    return this.counters;
  }

  close(): void {
    this.#use('close');
    this.closed++;
  }

  #use(what: string): void {
    if (this.closed > 0) this.misuse.push(`${what} after close`);
  }
}

/** Stands for a stream where there is no browser: only who has it is looked at. */
export function fakeStream(): MediaStream {
  const stream: unknown = { getVideoTracks: () => [], getTracks: () => [] };
  return stream as MediaStream;
}

/** Devices that a test plugs in and out. */
export class CountingDevices implements AudioDevices {
  speakerSelection = true;
  devices: AudioDevice[] = [
    { kind: 'Microphone', id: 'default', name: 'Default', isDefault: true },
    { kind: 'Microphone', id: 'headset', name: 'Headset', isDefault: false },
    { kind: 'Speaker', id: 'default', name: 'Default', isDefault: true },
    { kind: 'Speaker', id: 'headset', name: 'Headset', isDefault: false },
    { kind: 'Camera', id: 'front', name: 'Front', isDefault: true },
    { kind: 'Camera', id: 'desk', name: 'Desk', isDefault: false },
  ];
  permission = true;
  cameraPermission = true;
  /** Whether the person chooses a screen when asked. */
  screenChosen = true;
  loudness = 0;
  readonly microphones: { id: string | undefined; open: boolean; events: MicrophoneEvents; microphone: Microphone }[] =
    [];
  readonly pictures: {
    kind: 'camera' | 'screen';
    id: string | undefined;
    open: boolean;
    ended: () => void;
    stream: MediaStream;
  }[] = [];
  readonly #watchers = new Set<() => void>();

  get openMicrophones(): readonly (string | undefined)[] {
    return this.microphones.filter(({ open }) => open).map(({ id }) => id);
  }

  /** `front`, `desk` or `screen`, in the order they were opened. */
  get openPictures(): readonly string[] {
    return this.pictures
      .filter(({ open }) => open)
      .map(({ kind, id }) => (kind === 'screen' ? kind : (id ?? 'default')));
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  async list(): Promise<readonly AudioDevice[]> {
    return [...this.devices];
  }

  async askPermission(device: 'microphone' | 'camera' = 'microphone'): Promise<boolean> {
    return device === 'camera' ? this.cameraPermission : this.permission;
  }

  async openMicrophone(id: string | undefined, events: MicrophoneEvents): Promise<Microphone> {
    if (!this.permission) throw Object.assign(new Error('denied'), { name: 'NotAllowedError' });
    const microphone: Microphone = {
      stream: undefined,
      level: () => this.loudness,
      close: () => (entry.open = false),
    };
    const entry = { id, open: true, events, microphone };
    this.microphones.push(entry);
    return microphone;
  }

  async openCamera(id: string | undefined, ended: () => void): Promise<OpenPicture> {
    if (!this.cameraPermission) throw Object.assign(new Error('denied'), { name: 'NotAllowedError' });
    if (this.devices.every(({ kind }) => kind !== 'Camera')) {
      throw Object.assign(new Error('no camera'), { name: 'NotFoundError' });
    }
    return this.#open('camera', id, ended);
  }

  async openScreen(ended: () => void): Promise<OpenPicture> {
    if (!this.screenChosen) throw Object.assign(new Error('none'), { name: 'NotAllowedError' });
    return this.#open('screen', undefined, ended);
  }

  #open(kind: 'camera' | 'screen', id: string | undefined, ended: () => void): OpenPicture {
    const entry = { kind, id, open: true, ended, stream: fakeStream() };
    this.pictures.push(entry);
    return { stream: entry.stream, close: () => (entry.open = false) };
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  replace(devices: AudioDevice[]): void {
    this.devices = devices;
    for (const changed of this.#watchers) changed();
  }
}
