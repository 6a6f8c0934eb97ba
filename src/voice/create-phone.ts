import { ContactCenterError, select, type CallParticipant, type Phone } from 'onescreen';
import { EMPTY, switchMap } from 'rxjs';
import { ChunkedPeople } from './chunked-people';
import type { PhoneCommand } from './phone-command';
import { isPreflight } from './tab-message';
import { TabPhone } from './tab-phone';
import type { PhoneParts } from './held-elsewhere';
import type { OpenEndpoint } from './voice-endpoint';

const nobody = ChunkedPeople.of<CallParticipant>([]);

/**
 * The phone of a desk over `open`, which opens a voice service's endpoint: it is open in the leading tab and in no
 * other, answers the calls that are expected, keeps one call active, and lets every tab see and act.
 */
export function createPhone(context: PhoneParts, open: OpenEndpoint): Phone {
  const phone = new TabPhone(context, open);
  const run = (command: PhoneCommand) => phone.run(command).then(() => {});
  return {
    state$: phone.state.live,
    people$: (channelId) => select(phone.people.live, (people) => people.get(channelId) ?? nobody),
    expect: (call) => phone.expect(call),
    forget: (correlationId) => phone.forget(correlationId),
    dial: (request) => run({ name: 'dial', request }),
    mute: (channelId) => run({ name: 'mute', channelId }),
    unmute: (channelId) => run({ name: 'unmute', channelId }),
    hold: (channelId) => run({ name: 'hold', channelId }),
    resume: (channelId) => run({ name: 'resume', channelId }),
    sendDtmf: (channelId, tones) => run({ name: 'sendDtmf', channelId, tones }),
    addParticipant: (channelId, who) => run({ name: 'addParticipant', channelId, who }),
    removeParticipant: (channelId, participantId) => run({ name: 'removeParticipant', channelId, participantId }),
    muteParticipant: (channelId, participantId) => run({ name: 'muteParticipant', channelId, participantId }),
    transfer: (channelId, to) => run({ name: 'transfer', channelId, to }),
    hangUp: (channelId) => run({ name: 'hangUp', channelId }),
    levels$: (channelId) => phone.leading.live.pipe(switchMap((leading) => leading?.levels$(channelId) ?? EMPTY)),
    askPermission: () => run({ name: 'askPermission' }).then(() => phone.state.value.devices),
    selectMicrophone: (id) => run({ name: 'selectMicrophone', id }),
    selectSpeaker: (id) => run({ name: 'selectSpeaker', id }),
    unlockAudio: () => run({ name: 'unlockAudio' }),
    microphoneLevel$: phone.leading.live.pipe(switchMap((leading) => leading?.microphoneLevel$ ?? EMPTY)),
    async preflight() {
      const result = await phone.run({ name: 'preflight' });
      if (isPreflight(result)) return result;
      throw new ContactCenterError('command/failed', 'unable to check phone; the answer makes no sense');
    },
    native: (channelId) => phone.leading.value?.native(channelId),
    close: () => phone.close(),
  };
}
