import type {
  AudioDevice,
  AudioDevices,
  Microphone,
  MicrophoneEvents,
  Peer,
  PeerEvents,
  PeerStats,
} from 'onescreen/emulator/calling';

/** Peers that carry nothing and count everything. */
export class CountingPeers {
  readonly all: CountingPeer[] = [];
  /** Thrown by the next `openPeer`. */
  failure: Error | undefined;

  readonly open = (events: PeerEvents): Peer => {
    if (this.failure !== undefined) throw this.failure;
    const peer = new CountingPeer(events, this.all.length);
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
  readonly #index: number;
  closed = 0;
  sending: Microphone | undefined;
  speaker: string | undefined;
  playing = true;
  answered: string | undefined;
  counters: PeerStats = { bytesSent: 0, packetsSent: 0, bytesReceived: 0, packetsReceived: 0, packetsLost: 0 };

  constructor(events: PeerEvents, index: number) {
    this.events = events;
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

/** Devices that a test plugs in and out. */
export class CountingDevices implements AudioDevices {
  speakerSelection = true;
  devices: AudioDevice[] = [
    { kind: 'Microphone', id: 'default', name: 'Default', isDefault: true },
    { kind: 'Microphone', id: 'headset', name: 'Headset', isDefault: false },
    { kind: 'Speaker', id: 'default', name: 'Default', isDefault: true },
    { kind: 'Speaker', id: 'headset', name: 'Headset', isDefault: false },
  ];
  permission = true;
  loudness = 0;
  readonly microphones: { id: string | undefined; open: boolean; events: MicrophoneEvents; microphone: Microphone }[] =
    [];
  readonly #watchers = new Set<() => void>();

  get openMicrophones(): readonly (string | undefined)[] {
    return this.microphones.filter(({ open }) => open).map(({ id }) => id);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  async list(): Promise<readonly AudioDevice[]> {
    return [...this.devices];
  }

  async askPermission(): Promise<boolean> {
    return this.permission;
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

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  replace(devices: AudioDevice[]): void {
    this.devices = devices;
    for (const changed of this.#watchers) changed();
  }
}
