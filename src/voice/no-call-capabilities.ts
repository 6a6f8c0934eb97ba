import type { CallCapabilities, Capability } from 'onescreen';

/** For providers: nothing can be done, for one reason. */
export function noCallCapabilities(reason: string): CallCapabilities {
  const no: Capability = { supported: false, reason };
  return {
    mute: no,
    unmute: no,
    hold: no,
    resume: no,
    dtmf: no,
    addParticipant: no,
    removeParticipant: no,
    muteParticipant: no,
    record: no,
    transferToPhone: no,
    transferToTeamsUser: no,
    transferToVoicemail: no,
    addTeamsUser: no,
    hangUp: no,
  };
}
