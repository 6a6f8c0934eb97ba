import type { TokenKind } from 'onescreen';
import type { AgentKind } from '../persona';

/** As whom meetings are joined: a guest, by an ACS user of the vendor's resource, or the signed-in Teams user. */
export type MeetingPersona = 'guest' | 'teamsUser';

/** Of which kind the tokens of the audience `meeting` have to be. */
export const meetingTokenKinds: Readonly<Record<MeetingPersona, TokenKind>> = {
  guest: 'acsUser',
  teamsUser: 'teamsUser',
};

export const meetingAgentKinds: Readonly<Record<MeetingPersona, AgentKind>> = {
  guest: 'CallAgent',
  teamsUser: 'TeamsCallAgent',
};

/** One's raw id in meetings, by the names the control plane gives; undefined where it gives none. */
export function meetingIdentity(persona: MeetingPersona, refs: Readonly<Record<string, string>>): string | undefined {
  if (refs.meeting !== undefined || persona === 'guest') return refs.meeting;
  const { teams } = refs;
  return teams === undefined || teams.startsWith('8:') ? teams : `8:orgid:${teams}`;
}
