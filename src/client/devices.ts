import { defer, type Observable } from 'rxjs';
import type { Live } from '../live';
import type { DevicesState, Phone, Preflight } from '../provider/voice-provider';

/** The agent's microphone and speaker, in whichever tab owns the media. Without a voice provider: `unavailable`. */
export interface Devices {
  readonly state$: Live<DevicesState>;
  /** Asks for the microphone. Call it in a click. @throws ContactCenterError `device/permission-denied` */
  askPermission(): Promise<DevicesState>;
  /** Takes effect at once, also in a call, and holds for the calls to come. */
  selectMicrophone(id: string): Promise<void>;
  selectSpeaker(id: string): Promise<void>;
  /** Call it in a click: browsers play no sound before one. */
  unlockAudio(): Promise<void>;
  /** Loudness of the microphone, 0 to 1, only while subscribed. */
  readonly level$: Observable<number>;
  /** Checks browser, microphone, speaker and network before a call. */
  preflight(): Promise<Preflight>;
}

/** The devices of the phone of the moment. */
export function createDevices(state$: Live<DevicesState>, phone: () => Phone): Devices {
  return {
    state$,
    askPermission: () => phone().askPermission(),
    selectMicrophone: (id) => phone().selectMicrophone(id),
    selectSpeaker: (id) => phone().selectSpeaker(id),
    unlockAudio: () => phone().unlockAudio(),
    level$: defer(() => phone().microphoneLevel$),
    preflight: () => phone().preflight(),
  };
}
