import type { ChatProvider, MeetingProvider } from 'onescreen';
import { ContactCenterError } from 'onescreen';
import { systemPage, type DeviceStorage } from '../device-page';
import type { MeetingPersona } from './meeting-persona';
import { meetingsLoader, type MeetingsSource } from './meetings-sdk';
import { TeamsMeetings } from './meetings';

/** As whom and over what meetings are joined. */
export interface TeamsMeetingsOptions {
  /** As whom meetings are joined. Default: `guest`. A token that says another kind is refused with `agent/identity-mismatch`. */
  readonly persona?: MeetingPersona;
  /** The calling package. Default: `import('@azure/communication-calling')`, when a meeting is joined. */
  readonly sdk?: MeetingsSource;
  /** Where chosen devices are kept over reloads, beside those of calls. Default: `localStorage` where there is one. */
  readonly storage?: DeviceStorage;
  /**
   * What the meeting's own chat goes over, such as `acsChat()`. Left out: messages go over the conversation's own chat
   * channel. ACS Chat for meetings ends on 30 September 2028.
   */
  readonly chat?: ChatProvider;
  /** How long the lobby is waited in, in milliseconds, above 0. Default: as long as the service lets. */
  readonly lobbyTimeoutMs?: number;
}

/**
 * Teams meetings by the official calling package, which is loaded when one is joined. A channel's `providerRefs` are
 * `{ joinLink }` or `{ meetingId, passcode }`, with `endpoint` for its chat; one's own are `{ meeting: '8:acs:…' }`.
 * Tokens are of the audience `meeting`, of the kind `acsUser` for guests and `teamsUser` for Teams users.
 * @throws ContactCenterError `command/invalid` for an option out of range
 * @example
 * new ContactCenterClient({ controlPlane, tokens, providers: [teamsMeetings({ chat: acsChat() })] });
 */
export function teamsMeetings(options: TeamsMeetingsOptions = {}): MeetingProvider {
  const { persona = 'guest', sdk, storage, chat, lobbyTimeoutMs } = options;
  if (lobbyTimeoutMs !== undefined && !(lobbyTimeoutMs > 0)) {
    throw new ContactCenterError('command/invalid', 'unable to have meetings; lobbyTimeoutMs is not above 0', {
      field: 'lobbyTimeoutMs',
    });
  }
  const load = meetingsLoader(sdk);
  return {
    channel: 'meeting',
    name: 'teams',
    meetings: (context) =>
      new TeamsMeetings(
        {
          ...{ persona, load, page: systemPage(storage), chat },
          ...(lobbyTimeoutMs !== undefined && { lobbyTimeoutMs }),
        },
        context,
      ),
  };
}
