import type { CallAction } from 'onescreen';
import type { Persona } from './persona';

/** Two parties, or more: with a server in it, a call of Teams Phone extensibility is always a group call. */
export type CallShape = 'one-to-one' | 'group';

/**
 * What can be done in a call, as far as it is supported apart: the actions, and what one action comes to depending on
 * whom it is about.
 */
export type CallOperation =
  | CallAction
  /** Takes back the ring of somebody who was added. */
  | 'cancelAdd'
  /** Adds a number that is in the call already. */
  | 'addSamePhone'
  | 'mutePhone'
  | 'transferToAgent';

/**
 * What Microsoft's texts contradict each other about. Off is the safe side; set what has been tried with one's own
 * tenant to true.
 */
export interface UnconfirmedCapabilities {
  /**
   * Agents of the extension can have Teams users added and the customer transferred to them, by the control plane. The
   * capability matrix of 1 September 2025 says no, the article on interactive voice response of 10 June 2026 says yes.
   */
  readonly teamsUsers?: boolean;
  /** Teams users can transfer to voicemail. The overview of phone capabilities says no, release 1.29.1 says yes. */
  readonly voicemail?: boolean;
  /**
   * Agents of the extension have others muted by the control plane instead of their own page. An older copy of the
   * capability matrix says that it can, that of 1 September 2025 that it cannot.
   */
  readonly controlPlaneMute?: boolean;
}

/** Who carries something out: this page or the control plane; or why nobody does. */
export type Cell =
  | 'client'
  | 'controlPlane'
  | { readonly why: string }
  /** `then` once `confirmed` is set, `otherwise` until then. */
  | {
      readonly confirmed: keyof UnconfirmedCapabilities;
      readonly then: 'client' | 'controlPlane';
      readonly otherwise: Settled;
    };

type Settled = 'client' | 'controlPlane' | { readonly why: string };

type Row = Readonly<Record<Persona, Readonly<Record<CallShape, Cell>>>>;

const each = (oneToOne: Cell, group: Cell): Readonly<Record<CallShape, Cell>> => ({ 'one-to-one': oneToOne, group });
const both = (cell: Cell) => each(cell, cell);

const here = both('client');
const server = both('controlPlane');
/** In a group call only the control plane reaches the customer. */
const serverInGroup = each('client', 'controlPlane');

const groupOnly = each({ why: 'only in group calls' }, 'client');
const twoOnly = each('client', { why: 'only in calls of two' });

const unconfirmed = (
  confirmed: keyof UnconfirmedCapabilities,
  then: 'client' | 'controlPlane',
  otherwise: Settled,
): Cell => ({ confirmed, then, otherwise });

const teamsUsers = both(
  unconfirmed('teamsUsers', 'controlPlane', {
    why: "Microsoft's texts contradict each other about Teams users in calls of Teams Phone extensibility; set unconfirmed.teamsUsers once it works",
  }),
);
const voicemail = each(
  unconfirmed('voicemail', 'client', {
    why: "Microsoft's texts contradict each other about transfers to voicemail by Teams users; set unconfirmed.voicemail once it works",
  }),
  { why: 'only in calls of two' },
);
const noVoicemail = both({ why: 'Teams Phone extensibility does not transfer to voicemail' });
const muteOthers = each({ why: 'only in group calls' }, unconfirmed('controlPlaneMute', 'controlPlane', 'client'));
const noTeamsRecording = both({ why: 'no page and no server starts the recording of Teams' });
const noPhoneMute = both({ why: 'phones are not muted in Teams Phone extensibility' });
const noSamePhone = both({ why: 'one number is not dialled twice in one call' });

/**
 * Who carries out what in a connected call, by whom the page takes calls as and by the call's shape. Source: azure-docs,
 * communication-services/concepts/interop/tpe/teams-phone-extensibility-capabilities (copy of 1 September 2025) for
 * agents of the extension; concepts/interop/teams-user and guest, concepts/service-limits and the published types for
 * the others. A group call that is held here leaves the others in the room: for `acsUser` the server plays them music.
 */
export const capabilityTable: Readonly<Record<CallOperation, Row>> = {
  mute: { tpeAgent: here, teamsUser: here, acsUser: here },
  unmute: { tpeAgent: here, teamsUser: here, acsUser: here },
  hangUp: { tpeAgent: here, teamsUser: here, acsUser: here },
  hold: { tpeAgent: serverInGroup, teamsUser: here, acsUser: serverInGroup },
  resume: { tpeAgent: serverInGroup, teamsUser: here, acsUser: serverInGroup },
  dtmf: { tpeAgent: serverInGroup, teamsUser: here, acsUser: here },
  addParticipant: { tpeAgent: serverInGroup, teamsUser: here, acsUser: here },
  addTeamsUser: { tpeAgent: teamsUsers, teamsUser: here, acsUser: here },
  addSamePhone: { tpeAgent: noSamePhone, teamsUser: here, acsUser: here },
  removeParticipant: { tpeAgent: serverInGroup, teamsUser: here, acsUser: here },
  cancelAdd: { tpeAgent: server, teamsUser: here, acsUser: here },
  transferToAgent: { tpeAgent: serverInGroup, teamsUser: twoOnly, acsUser: serverInGroup },
  transferToPhone: { tpeAgent: serverInGroup, teamsUser: twoOnly, acsUser: serverInGroup },
  transferToTeamsUser: { tpeAgent: teamsUsers, teamsUser: twoOnly, acsUser: serverInGroup },
  transferToVoicemail: { tpeAgent: noVoicemail, teamsUser: voicemail, acsUser: twoOnly },
  muteParticipant: { tpeAgent: muteOthers, teamsUser: groupOnly, acsUser: groupOnly },
  mutePhone: { tpeAgent: noPhoneMute, teamsUser: groupOnly, acsUser: groupOnly },
  record: { tpeAgent: server, teamsUser: noTeamsRecording, acsUser: server },
};

/**
 * Blocked in an emergency call. Source: azure-docs, communication-services/concepts/interop/tpe, emergency call. To get
 * heard again (`unmute`) is not.
 */
export const blockedInEmergency: ReadonlySet<string> = new Set<CallOperation>([
  ...(['mute', 'hold', 'resume', 'addParticipant', 'addTeamsUser', 'addSamePhone', 'removeParticipant'] as const),
  ...(['cancelAdd', 'muteParticipant', 'mutePhone', 'record'] as const),
  ...(['transferToAgent', 'transferToPhone', 'transferToTeamsUser', 'transferToVoicemail'] as const),
]);
