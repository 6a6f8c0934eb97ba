import type { AudioDeviceInfo, DeviceManager } from '@azure/communication-calling';
import {
  ContactCenterError,
  createLive,
  isContactCenterError,
  type Clock,
  type DeviceInfo,
  type DevicesState,
  type Live,
} from 'onescreen';
import type { VoiceDevices } from 'onescreen/voice';
import { Subject, takeUntil, type Observable } from 'rxjs';
import { toCallingError } from './calling-error';
import type { CallingSdk, OfficialClient } from './calling-sdk';
import type { DevicePage } from './device-page';
import { VolumeMeter } from './levels';
import { sampled } from './sampled';
import { shareChoice, type AudioKind } from './shared-choice';
import { timeLimit } from './time-limit';

type Kind = AudioKind;

/** Loading the calling package takes a while, and may fail for good. */
const managerLimitMs = 15_000;

/** Microphone and speaker, over however many clients of the calling package come and go. */
export class AcsDevices implements VoiceDevices {
  readonly level$: Observable<number>;
  readonly #page: DevicePage;
  readonly #clock: Clock;
  readonly #state: ReturnType<typeof createLive<DevicesState>>;
  readonly #chosen: Partial<Record<Kind, string>>;
  readonly #closed = new Subject<void>();
  readonly #ready: Promise<void>;
  #becomeReady: () => void = () => {};
  #attached: { readonly manager: DeviceManager; readonly sdk: CallingSdk } | undefined;
  #client: OfficialClient | undefined;
  /** Counts looks: one that was slow must not show what a later one has overtaken. */
  #looks = 0;
  #detach: () => void = () => {};
  #stopWaiting: () => void = () => {};
  readonly #stopWatching: () => void;
  readonly #choice: ReturnType<typeof shareChoice>;

  constructor(page: DevicePage, clock: Clock) {
    this.#page = page;
    this.#clock = clock;
    this.#chosen = { ...stored(page, 'microphone'), ...stored(page, 'speaker') };
    this.#ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#state = createLive<DevicesState>({
      ...(page.hasMedia
        ? { permission: 'unknown' }
        : {
            permission: 'unavailable',
            remedy: 'open the page over https, without a frame that forbids the microphone',
          }),
      ...{ microphones: [], speakers: [] },
      speakerSelection: { allowed: false, reason: 'not-supported' },
      audio: page.canPlay() ? 'unlocked' : 'blocked',
    });
    if (this.#state.value.audio === 'blocked') {
      this.#stopWaiting = page.onGesture(() => {
        if (page.canPlay()) this.#setUnlocked();
      });
    }
    this.#choice = shareChoice(page.storage, (kind, id) => {
      this.#chosen[kind] = id;
      void this.#refresh();
    });
    this.level$ = this.#level().pipe(takeUntil(this.#closed));
    this.#stopWatching = page.onPermissionChange(() => {
      void this.#readPermission().then(() => this.#refresh());
    });
    void this.#readPermission();
  }

  get state$(): Live<DevicesState> {
    return this.#state.live;
  }

  /** From now on devices are those of `client`; what was chosen is chosen there, too. */
  attach(client: OfficialClient, sdk: CallingSdk): void {
    this.#client = client;
    client.getDeviceManager().then(
      (manager) => {
        if (this.#client !== client) return;
        this.#detach();
        this.#attached = { manager, sdk };
        const changed = () => void this.#refresh();
        manager.on('audioDevicesUpdated', changed);
        manager.on('selectedMicrophoneChanged', changed);
        manager.on('selectedSpeakerChanged', changed);
        this.#detach = () => {
          manager.off('audioDevicesUpdated', changed);
          manager.off('selectedMicrophoneChanged', changed);
          manager.off('selectedSpeakerChanged', changed);
        };
        this.#becomeReady();
        changed();
      },
      () => {}, // Asked again with the next client; commands tell meanwhile.
    );
  }

  async askPermission(): Promise<void> {
    if (!this.#page.hasMedia) return;
    const manager = await this.#manager();
    try {
      const { audio } = await manager.askDevicePermission({ audio: true, video: false });
      this.#setPermission(audio ? 'granted' : 'denied');
    } catch (error) {
      const mapped = toCallingError(error, 'use the microphone');
      if (mapped.code !== 'device/permission-denied') throw mapped;
      this.#setPermission('denied');
    }
    await this.#refresh();
  }

  selectMicrophone(id: string): Promise<void> {
    return this.#select('microphone', id);
  }

  selectSpeaker(id: string): Promise<void> {
    return this.#select('speaker', id);
  }

  async unlockAudio(): Promise<void> {
    if (await this.#page.unlock()) return this.#setUnlocked();
    throw new ContactCenterError('device/audio-blocked', 'unable to play sound; the browser wants a click first', {
      retryable: true,
    });
  }

  /** Joining a call may have reset what was chosen: chooses it again. */
  async reapply(): Promise<void> {
    for (const kind of ['microphone', 'speaker'] as const) {
      const id = this.#chosen[kind];
      if (id !== undefined) await this.#apply(kind, id).catch(() => {}); // It is not there any more.
    }
  }

  close(): void {
    this.#client = undefined;
    this.#attached = undefined;
    this.#detach();
    this.#stopWaiting();
    this.#stopWatching();
    this.#choice.stop();
    this.#closed.next();
    this.#closed.complete();
    this.#state.complete();
  }

  async #select(kind: Kind, id: string): Promise<void> {
    await this.#manager();
    await this.#apply(kind, id);
    this.#chosen[kind] = id;
    try {
      this.#page.storage?.setItem(keyOf(kind), id);
    } catch {
      // Full or forbidden: it holds until the page is left.
    }
    this.#choice.tell(kind, id);
    await this.#refresh();
  }

  async #apply(kind: Kind, id: string): Promise<void> {
    const manager = this.#attached?.manager;
    if (manager === undefined) return;
    try {
      const devices = kind === 'microphone' ? await manager.getMicrophones() : await manager.getSpeakers();
      const device = devices.find((one) => one.id === id);
      if (device === undefined) {
        throw new ContactCenterError('device/not-found', `unable to select ${kind}; there is none with this id`);
      }
      if (kind === 'microphone') await manager.selectMicrophone(device);
      else await manager.selectSpeaker(device);
    } catch (error) {
      throw toCallingError(error, `select ${kind}`);
    }
  }

  async #refresh(): Promise<void> {
    const attached = this.#attached;
    if (attached === undefined) return;
    const { manager } = attached;
    const look = ++this.#looks;
    await this.#readPermission();
    const microphones = await manager.getMicrophones().catch((): AudioDeviceInfo[] => []);
    const speakers = await speakersOf(manager);
    if (this.#attached !== attached || look < this.#looks) return;
    for (const [kind, devices] of [['microphone', microphones] as const, ['speaker', speakers ?? []] as const]) {
      const id = this.#chosen[kind];
      const selected = kind === 'microphone' ? manager.selectedMicrophone : manager.selectedSpeaker;
      const isThere = id !== undefined && devices.some((device) => device.id === id);
      if (isThere && selected?.id !== id) await this.#apply(kind, id).catch(() => {}); // Gone while we looked.
    }
    const { microphone: _microphone, speaker: _speaker, ...state } = this.#state.value;
    const microphone = manager.selectedMicrophone?.id;
    const speaker = speakers === undefined ? undefined : manager.selectedSpeaker?.id;
    const next: DevicesState = {
      ...state,
      microphones: microphones.flatMap(toDevice),
      speakers: (speakers ?? []).flatMap(toDevice),
      ...(microphone !== undefined && { microphone }),
      ...(speaker !== undefined && { speaker }),
      speakerSelection: speakers === undefined ? { allowed: false, reason: 'not-supported' } : { allowed: true },
    };
    if (JSON.stringify(next) !== JSON.stringify(this.#state.value)) this.#state.set(next);
  }

  async #readPermission(): Promise<void> {
    if (!this.#page.hasMedia) return;
    const permission = await this.#page.microphonePermission();
    if (permission === 'granted' || permission === 'denied') this.#setPermission(permission);
    else if (permission === 'prompt') this.#setPermission('unknown');
  }

  #setPermission(permission: 'granted' | 'denied' | 'unknown'): void {
    const { remedy: _remedy, ...state } = this.#state.value;
    if (state.permission === permission) return;
    this.#state.set({ ...state, permission, ...(permission === 'denied' && { remedy: this.#page.remedy }) });
  }

  #setUnlocked(): void {
    this.#stopWaiting();
    if (this.#state.value.audio === 'blocked') this.#state.set({ ...this.#state.value, audio: 'unlocked' });
  }

  async #manager(): Promise<DeviceManager> {
    await timeLimit(this.#clock, managerLimitMs, this.#ready, () => {});
    if (this.#attached !== undefined) return this.#attached.manager;
    throw new ContactCenterError('device/unavailable', 'unable to use devices; the calling package is not there', {
      retryable: true,
    });
  }

  /** By a stream of the package's own, so that no other part of the page takes the microphone away from a call. */
  #level(): Observable<number> {
    return sampled(this.#clock, () => {
      const meter = new VolumeMeter();
      let open: { readonly id: string; readonly stream: InstanceType<CallingSdk['LocalAudioStream']> } | undefined;
      const stop = () => {
        open?.stream.dispose();
        open = undefined;
      };
      return {
        read: () => {
          const device = this.#attached?.manager.selectedMicrophone;
          if (device?.id !== open?.id) stop();
          if (open === undefined && device !== undefined && this.#attached !== undefined) {
            open = { id: device.id, stream: new this.#attached.sdk.LocalAudioStream(device) };
          }
          return meter.read(open?.stream);
        },
        stop,
      };
    });
  }
}

/** Undefined where the browser lets no page choose. */
async function speakersOf(manager: DeviceManager): Promise<AudioDeviceInfo[] | undefined> {
  if (!manager.isSpeakerSelectionAvailable) return undefined;
  try {
    return await manager.getSpeakers();
  } catch (error) {
    return isContactCenterError(toCallingError(error, 'list speakers'), 'device/speakers-not-listed') ? undefined : [];
  }
}

/** Without permission, devices have no ids. */
function toDevice({ id, name }: AudioDeviceInfo): DeviceInfo[] {
  return id === '' ? [] : [{ id, name }];
}

function keyOf(kind: Kind): string {
  return `onescreen.${kind}`;
}

function stored({ storage }: DevicePage, kind: Kind): Partial<Record<Kind, string>> {
  try {
    const id = storage?.getItem(keyOf(kind));
    return typeof id === 'string' && id !== '' ? { [kind]: id } : {};
  } catch {
    return {}; // The browser forbids it.
  }
}
