import type { Observable } from 'rxjs';
import type { ContactCenterError } from '../errors';
import type { Live } from '../live';
import type { DevicesState, Phone, Preflight } from '../provider/voice-provider';
import { unable } from './unable';

/** The agent's microphone and speaker, in whichever tab owns the media. Without a voice provider: `unavailable`. */
export interface Devices {
  readonly state$: Live<DevicesState>;
  /** Asks for the microphone, in a click. Resolves also when the answer is no: `permission` and `remedy` say so. */
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
export function createDevices(
  state$: Devices['state$'],
  level$: Devices['level$'],
  current: () => Phone | undefined,
): Devices {
  const phone = (): Phone => {
    const now = current();
    if (now === undefined) throw missingVoice('use phone');
    return now;
  };
  return {
    state$,
    askPermission: async () => phone().askPermission(),
    selectMicrophone: async (id) => phone().selectMicrophone(id),
    selectSpeaker: async (id) => phone().selectSpeaker(id),
    unlockAudio: async () => phone().unlockAudio(),
    level$,
    preflight: async () => phone().preflight(),
  };
}

/** For what needs a phone where nobody is signed in, or no provider brings one. */
export function missingVoice(what: string): ContactCenterError {
  const why = 'no voice, or nobody is signed in';
  return unable(what, why, 'provider/missing', { field: 'options.providers' });
}
