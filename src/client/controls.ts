import type { ConsultRecord, TaskRecord } from '../protocol/log-entry';
import type { Can, Capability, DenyReason } from '../provider/capability';
import { canStep, hasEnded, isUnderWay, ringsElsewhere } from './consult';
import type { ChannelStanding } from '../provider/channel-standing';

/** What an agent may want to do with a task. The list is open. */
export type TaskAction = (typeof actions)[number] | (string & {});

/** For every action whether it is possible now. */
export type Controls = Readonly<Record<string, Can>>;

const transfers = [
  'transferToAgent',
  'transferToQueue',
  'transferToPhone',
  'transferToTeamsUser',
  'transferToVoicemail',
] as const;

const consults = ['consultAgent', 'consultPhone', 'consultTeamsUser'] as const;

const actions = [
  'send',
  'edit',
  'delete',
  'requeue',
  'end',
  'wrapUp',
  'transfer',
  ...transfers,
  'consult',
  ...consults,
  'swap',
  'merge',
  'complete',
  'cancelConsult',
  'park',
  'callBack',
  'escalate',
  'mute',
  'unmute',
  'hold',
  'resume',
  'dtmf',
  'addParticipant',
  'removeParticipant',
  'muteParticipant',
  'hangUp',
  'rejoin',
  'record',
  'admit',
  'shareScreen',
] as const;

/** What gives the customer to somebody else, for a while or for good. */
const handsOver: readonly string[] = [...transfers, ...consults, 'requeue', 'park', 'callBack'];

/** What is left to an agent who was asked and does not have the customer yet; to `end` is to leave. */
const ofAsked: readonly string[] = ['mute', 'unmute', 'end', 'hangUp'];

const yes: Can = { allowed: true };

/** What the controls of a task depend on beside the task itself. */
export interface Circumstances {
  readonly online: boolean;
  readonly standings: readonly ChannelStanding[];
  /** All that was said of consults in the conversation. */
  readonly told: readonly ConsultRecord[];
  /** A channel of the conversation is open, with this agent in it or without. */
  readonly goesOn: boolean;
}

/** One model of state, role and capability: the answers for a task of this status over these channels. */
export function controlsOf(task: TaskRecord, { online, standings, told, goesOn }: Circumstances): Controls {
  const channel = standings.filter((standing) => standing.type === task.channel).at(-1);
  const at = (...statuses: readonly TaskRecord['status'][]): Can =>
    task.status === 'closed' || task.status === 'cancelled'
      ? no('closed')
      : !statuses.includes(task.status)
        ? no('wrong-state')
        : online
          ? yes
          : no('not-connected');
  const isCall = channel?.type === 'voice';
  const ofCall = isCall ? yes : no('not-supported');
  const assigned = at('assigned');
  const inCall = first(assigned, isCall ? isUp(channel) : yes);
  const { hold, resume, addParticipant, addTeamsUser } = channel?.actions ?? {};
  const holds = byControlPlane(resume?.supported ? resume : hold);
  const adds = first(ofCall, inCall, holds, byControlPlane(addParticipant));
  const to = (action: string) => first(ofCall, inCall, fromCapability(channel?.actions[action]));
  const own = told.filter((consult) => consult.taskId === task.id && !hasEnded(consult));
  const current = own.find(isUnderWay) ?? own.at(-1);
  const goesOut = current !== undefined && ringsElsewhere(current);
  const step = (action: Parameters<typeof canStep>[1]) =>
    first(
      ofCall,
      assigned,
      canStep(current, action) ? yes : no('wrong-state', goesOut ? 'it rings elsewhere already' : undefined),
    );

  const ofTask: Readonly<Record<string, Can>> = {
    hangUp: first(ofCall, assigned),
    rejoin: first(ofCall, assigned, channel?.status === 'lost' ? yes : no('wrong-state')),
    requeue: assigned,
    end: assigned,
    wrapUp: at('wrapping'),
    transferToAgent: first(inCall, isCall ? holds : yes),
    transferToQueue: inCall,
    transferToPhone: to('transferToPhone'),
    transferToTeamsUser: to('transferToTeamsUser'),
    transferToVoicemail: to('transferToVoicemail'),
    consultAgent: adds,
    consultPhone: adds,
    consultTeamsUser: first(adds, byControlPlane(addTeamsUser)),
    swap: step('swap'),
    merge: step('merge'),
    complete: step('complete'),
    cancelConsult: step('cancel'),
    park: first(ofCall, inCall),
    callBack: first(
      task.channel === 'voice' ? yes : no('not-supported'),
      at('assigned', 'wrapping'),
      task.status === 'wrapping' && goesOn ? no('no-permission', 'somebody else is in touch with the customer') : yes,
    ),
  };
  const isAsked = wasAsked(task, told);
  const underWay = told.find(isUnderWay);
  const isTransferred = underWay !== undefined && ringsElsewhere(underWay);
  const holdsCustomer = underWay !== undefined && underWay.purpose !== 'conference';
  const found = (action: string): Can => {
    const can = ofTask[action] ?? ofChannel(task, channel, action, online);
    if (!can.allowed) return can;
    if (isAsked && !ofAsked.includes(action)) return no('no-permission', 'the customer is with another agent');
    const hands = handsOver.includes(action);
    if (hands && channel?.emergency === true) return no('emergency-call');
    if (isTransferred && isDoneByControlPlane(channel, action))
      return no('wrong-state', 'the call is being transferred');
    if ((hands && underWay !== undefined) || (holdsCustomer && (action === 'hold' || action === 'resume')))
      return no('wrong-state', 'a consult or transfer is under way');
    return can;
  };
  const controls = Object.fromEntries(actions.map((action) => [action, found(action)]));
  return {
    ...controls,
    transfer: bestOf(transfers.map((action) => found(action))),
    consult: bestOf(consults.map((action) => found(action))),
  };
}

export function sameControls(a: Controls, b: Controls): boolean {
  return actions.every((action) => sameCan(a[action], b[action]));
}

/**
 * Whether the task's agent was asked and does not have the customer yet. Who was asked in vain may have been given the
 * customer in another way since.
 */
function wasAsked({ purpose, agentId, status }: TaskRecord, told: readonly ConsultRecord[]): boolean {
  if (purpose === undefined || status !== 'assigned') return false;
  return told.some((consult) => consult.agentId === agentId && !hasEnded(consult));
}

/** Whether the call's other side can be reached. */
function isUp(channel: ChannelStanding | undefined): Can {
  switch (channel?.status) {
    case 'connected':
    case 'held':
      return yes;
    case 'closed':
      return no('closed');
    case 'lost':
    case undefined:
      return no('not-connected');
    default:
      return no('wrong-state');
  }
}

/** What the channel's provider can do about it. */
function ofChannel(task: TaskRecord, channel: ChannelStanding | undefined, action: string, online: boolean): Can {
  if (channel !== undefined && !(action in channel.actions)) return no('not-supported');
  if (task.status === 'closed' || task.status === 'cancelled') return no('closed');
  if (task.status !== 'assigned') return no('wrong-state');
  if (channel === undefined) return no('not-connected');
  if (channel.status === 'closed') return no('closed');
  const capability = channel.actions[action];
  // While a chat's link recovers, sending stays possible: the message waits, visibly, and is sent once. A hold cannot wait.
  const isAsked = channel.type === 'voice' && isDoneByControlPlane(channel, action);
  return isAsked && !online ? no('not-connected') : fromCapability(capability);
}

function fromCapability(capability: Capability | undefined): Can {
  if (capability === undefined) return no('not-supported');
  if (capability.supported) return yes;
  return no(capability.reason, capability.detail);
}

function byControlPlane(capability: Capability | undefined): Can {
  return capability?.supported === true && capability.executor === 'client'
    ? no('needs-control-plane')
    : fromCapability(capability);
}

function isDoneByControlPlane(channel: ChannelStanding | undefined, action: string): boolean {
  const capability = channel?.actions[action];
  return capability?.supported === true && capability.executor === 'controlPlane';
}

/** The first denial. */
function first(...cans: readonly Can[]): Can {
  return cans.find((can) => !can.allowed) ?? yes;
}

/** Allowed when any is, else the most telling denial. */
function bestOf(cans: readonly Can[]): Can {
  const tells = (can: Can) => !can.allowed && can.reason !== 'not-supported' && can.reason !== 'needs-control-plane';
  return cans.find((can) => can.allowed) ?? cans.find(tells) ?? first(...cans);
}

function no(reason: DenyReason, detail?: string): Can {
  return { allowed: false, reason, ...(detail !== undefined && { detail }) };
}

function sameCan(a: Can | undefined, b: Can | undefined): boolean {
  if (a === undefined || b === undefined || a.allowed || b.allowed) return a?.allowed === b?.allowed;
  return a.reason === b.reason && a.detail === b.detail;
}
