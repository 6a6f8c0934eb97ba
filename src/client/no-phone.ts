import { EMPTY } from 'rxjs';
import { ContactCenterError } from '../errors';
import { createLive } from '../live';
import type { DevicesState, Phone, PhoneState } from '../provider/voice-provider';

const devices: DevicesState = {
  permission: 'unavailable',
  microphones: [],
  speakers: [],
  speakerSelection: { allowed: false, reason: 'not-supported' },
  audio: 'blocked',
};

/** The phone of a client without a voice provider: every command says so. */
export function noPhone(): Phone {
  const why = 'unable to use phone; the client has no voice provider, such as acsVoice() of onescreen/acs/calling';
  const error = new ContactCenterError('provider/missing', why, { field: 'options.providers' });
  const refuse = () => Promise.reject(error);
  const state = createLive<PhoneState>({
    registration: { status: 'refused', error: error.toJSON() },
    devices,
    calls: [],
    media: 'nowhere',
  });
  return {
    state$: state.live,
    expect() {},
    forget() {},
    dial: refuse,
    mute: refuse,
    unmute: refuse,
    hold: refuse,
    resume: refuse,
    sendDtmf: refuse,
    addParticipant: refuse,
    removeParticipant: refuse,
    hangUp: refuse,
    levels$: () => EMPTY,
    askPermission: refuse,
    selectMicrophone: refuse,
    selectSpeaker: refuse,
    unlockAudio: refuse,
    microphoneLevel$: EMPTY,
    preflight: refuse,
    native: () => undefined,
    async close() {
      state.complete();
    },
  };
}
