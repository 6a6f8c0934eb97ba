import type {
  AudioDeviceInfo,
  DeviceAccess,
  DeviceManager,
  PermissionConstraints,
  VideoDeviceInfo,
} from '@azure/communication-calling';
import type { AudioDevice, AudioDevices } from './calling-environment';
import { CallingCommunicationError, notSupported, reasons } from './calling-error';
import { cameraInfo, deviceInfo } from './device-id';
import { Listeners, type Later, type Listener } from './listeners';

interface DeviceEvents {
  videoDevicesUpdated: { added: VideoDeviceInfo[]; removed: VideoDeviceInfo[] };
  audioDevicesUpdated: { added: AudioDeviceInfo[]; removed: AudioDeviceInfo[] };
  selectedMicrophoneChanged: undefined;
  selectedSpeakerChanged: undefined;
}

/** The page's microphones, speakers and cameras, and which microphone and speaker calls use. */
export class EmulatedDeviceManager implements DeviceManager {
  readonly #devices: AudioDevices;
  readonly #listeners: Listeners<DeviceEvents>;
  readonly #stopWatching: () => void;
  #known: readonly AudioDeviceInfo[] = [];
  #cameras: readonly VideoDeviceInfo[] = [];
  /** The system's default until another is chosen; known once the devices were listed. */
  selectedMicrophone?: AudioDeviceInfo;
  selectedSpeaker?: AudioDeviceInfo;
  #lists = 0;
  #listsSeen = 0;

  constructor(devices: AudioDevices, later: Later) {
    this.#devices = devices;
    this.#listeners = new Listeners(later);
    this.#stopWatching = devices.watch(() => void this.#refresh().catch(() => {}));
  }

  get isSpeakerSelectionAvailable(): boolean {
    return this.#devices.speakerSelection;
  }

  async getCameras(): Promise<VideoDeviceInfo[]> {
    await this.#refresh();
    return [...this.#cameras];
  }

  async getMicrophones(): Promise<AudioDeviceInfo[]> {
    await this.#refresh();
    return this.#known.filter(({ deviceType }) => deviceType === 'Microphone');
  }

  async getSpeakers(): Promise<AudioDeviceInfo[]> {
    if (!this.#devices.speakerSelection) throw new CallingCommunicationError(reasons.speakers);
    await this.#refresh();
    return this.#known.filter(({ deviceType }) => deviceType === 'Speaker');
  }

  async selectMicrophone(microphone: AudioDeviceInfo): Promise<void> {
    await this.#refresh();
    this.#setMicrophone(this.#require(microphone, 'Microphone'));
  }

  async selectSpeaker(speaker: AudioDeviceInfo): Promise<void> {
    if (!this.#devices.speakerSelection) throw new CallingCommunicationError(reasons.speakers);
    await this.#refresh();
    this.#setSpeaker(this.#require(speaker, 'Speaker'));
  }

  async askDevicePermission(constraints: PermissionConstraints): Promise<DeviceAccess> {
    const audio = constraints.audio && (await this.#devices.askPermission());
    const video = constraints.video && (await this.#devices.askPermission('camera'));
    if (audio || video) await this.#refresh();
    return { audio, video };
  }

  startPreheatDevices(): Promise<void> {
    return Promise.resolve();
  }

  stopPreheatDevices(): void {}

  on(event: keyof DeviceEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof DeviceEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** For calls: told when another device is chosen, or was in place of one that is gone. Returns what ends it. */
  watchSelection(changed: { microphone(): void; speaker(): void }): () => void {
    const microphone = () => changed.microphone();
    const speaker = () => changed.speaker();
    this.#listeners.on('selectedMicrophoneChanged', microphone);
    this.#listeners.on('selectedSpeakerChanged', speaker);
    return () => {
      this.#listeners.off('selectedMicrophoneChanged', microphone);
      this.#listeners.off('selectedSpeakerChanged', speaker);
    };
  }

  close(): void {
    this.#stopWatching();
    this.#listeners.clear();
  }

  #require(wanted: AudioDeviceInfo, kind: 'Microphone' | 'Speaker'): AudioDeviceInfo {
    const device = this.#known.find(({ id, deviceType }) => id === wanted.id && deviceType === kind);
    if (device === undefined) throw notSupported(`A ${kind.toLowerCase()} that is not there`);
    return device;
  }

  async #refresh(): Promise<void> {
    const list = ++this.#lists;
    const all = await this.#devices.list();
    // Lists may come back in another order than they were asked for; an older one says nothing new.
    if (list < this.#listsSeen) return;
    this.#listsSeen = list;
    const audio = difference(this.#known, all.filter(isAudio).map(deviceInfo));
    const video = difference(this.#cameras, all.filter(({ kind }) => kind === 'Camera').map(cameraInfo));
    this.#known = audio.now;
    this.#cameras = video.now;
    if (audio.changed) this.#listeners.emit('audioDevicesUpdated', { added: audio.added, removed: audio.removed });
    if (video.changed) this.#listeners.emit('videoDevicesUpdated', { added: video.added, removed: video.removed });
    this.#setMicrophone(this.#kept(this.selectedMicrophone, 'Microphone'));
    this.#setSpeaker(this.#kept(this.selectedSpeaker, 'Speaker'));
  }

  /** The chosen device while it is there, else the system's default. */
  #kept(chosen: AudioDeviceInfo | undefined, kind: 'Microphone' | 'Speaker'): AudioDeviceInfo | undefined {
    const all = this.#known.filter(({ deviceType }) => deviceType === kind);
    return all.find(({ id }) => id === chosen?.id) ?? all.find(({ isSystemDefault }) => isSystemDefault) ?? all[0];
  }

  #setMicrophone(microphone: AudioDeviceInfo | undefined): void {
    const before = this.selectedMicrophone;
    if (microphone === undefined) delete this.selectedMicrophone;
    else this.selectedMicrophone = microphone;
    if (before?.id !== microphone?.id) this.#listeners.emit('selectedMicrophoneChanged', undefined);
  }

  #setSpeaker(speaker: AudioDeviceInfo | undefined): void {
    const before = this.selectedSpeaker;
    if (speaker === undefined) delete this.selectedSpeaker;
    else this.selectedSpeaker = speaker;
    if (before?.id !== speaker?.id) this.#listeners.emit('selectedSpeakerChanged', undefined);
  }
}

const isAudio = (device: AudioDevice): device is AudioDevice & { readonly kind: 'Microphone' | 'Speaker' } =>
  device.kind !== 'Camera';

function difference<Device extends { readonly id: string }>(before: readonly Device[], now: readonly Device[]) {
  const added = now.filter(({ id }) => before.every((one) => one.id !== id));
  const removed = before.filter(({ id }) => now.every((one) => one.id !== id));
  return { now, added, removed, changed: added.length > 0 || removed.length > 0 };
}
