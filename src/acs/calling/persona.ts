import type { ErrorCode } from 'onescreen';

/**
 * As whom the page takes calls: an agent of Teams Phone extensibility (`8:acs:…`, rings only here), a Teams user
 * (`8:orgid:…`, rings in Teams too), or a user of one's own ACS resource.
 */
export type Persona = 'tpeAgent' | 'teamsUser' | 'acsUser';

/** Which of the two agent objects of the calling package takes the calls. */
export type AgentKind = 'CallAgent' | 'TeamsCallAgent';

/** What is tried first. Microsoft's texts disagree for `tpeAgent`; caller id on behalf of a resource account exists only on the Teams side. */
export const agentKinds: Readonly<Record<Persona, AgentKind>> = {
  tpeAgent: 'TeamsCallAgent',
  teamsUser: 'TeamsCallAgent',
  acsUser: 'CallAgent',
};

export const mismatchCode: ErrorCode = 'agent/identity-mismatch';
