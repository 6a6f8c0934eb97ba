import type {
  Can,
  Capability,
  ChannelStanding,
  Circumstances,
  ConsultRecord,
  Controls,
  DenyReason,
  TaskRecord,
} from 'onescreen';
import { canStep, hasEnded, isUnderWay, ringsElsewhere, type ConsultAction } from './consult';

const yes: Can = { allowed: true };

const ofLine = [
  ...['mute', 'unmute', 'hold', 'resume', 'dtmf'],
  ...['addParticipant', 'removeParticipant', 'muteParticipant', 'record'],
];

/** What gives the customer to somebody else, for a while or for good. */
const handsOver = [
  ...['transferToAgent', 'transferToQueue', 'transferToPhone', 'transferToTeamsUser', 'transferToVoicemail'],
  ...['consultAgent', 'consultPhone', 'consultTeamsUser', 'requeue', 'park', 'callBack'],
];

/** What is left to an agent who was asked and does not have the customer yet; to `end` is to leave. */
const ofAsked = ['mute', 'unmute', 'end', 'hangUp'];

/** What a task's call, and whom its agent brings in, make of its controls: `found` are those of everything else. */
export function callControls(task: TaskRecord, circumstances: Circumstances, found: Controls): Controls {
  const { standings, told, online } = circumstances;
  const call = standings.filter(({ type }) => type === 'voice').at(-1);
  const cans = { ...found, ...(call === undefined ? awaited(task) : ofCall(task, call, circumstances)) };
  cans.callBack = canCallBack(task, circumstances);
  const isAsked = wasAsked(task, told);
  const underWay = told.find(isUnderWay);
  const isTransferred = underWay !== undefined && ringsElsewhere(underWay);
  const holdsCustomer = underWay !== undefined && underWay.purpose !== 'conference';
  const objection = (action: string): Can => {
    if (isAsked && !ofAsked.includes(action)) return no('no-permission', 'the customer is with another agent');
    if (handsOver.includes(action) && call?.emergency === true) return no('emergency-call');
    if (isTransferred && isDoneByControlPlane(call, action)) return no('wrong-state', 'the call is being transferred');
    if (holdsCustomer && (action === 'hold' || action === 'resume'))
      return no('wrong-state', 'a consult or transfer is under way');
    return yes;
  };
  return Object.fromEntries(Object.entries(cans).map(([action, can]) => [action, first(can, objection(action))]));

  function canCallBack({ channel, status }: TaskRecord, { goesOn }: Circumstances): Can {
    if (channel !== 'voice') return no('not-supported');
    if (status === 'closed' || status === 'cancelled') return no('closed');
    if (status !== 'assigned' && status !== 'wrapping') return no('wrong-state');
    if (!online) return no('not-connected');
    return status === 'wrapping' && goesOn ? no('no-permission', 'somebody else is in touch with the customer') : yes;
  }
}

/** A call that this side knows nothing of yet. */
function awaited({ channel, channels, status }: TaskRecord): Controls {
  if (channel !== 'voice' && channels?.includes('voice') !== true) return {};
  const can =
    status === 'closed' || status === 'cancelled'
      ? no('closed')
      : no(status === 'assigned' ? 'not-connected' : 'wrong-state');
  return Object.fromEntries(ofLine.map((action) => [action, can]));
}

function ofCall(task: TaskRecord, call: ChannelStanding, { standings, told, online }: Circumstances): Controls {
  const { status } = task;
  const inHand =
    status === 'closed' || status === 'cancelled' ? no('closed') : status === 'assigned' ? yes : no('wrong-state');
  const assigned = first(inHand, online ? yes : no('not-connected'));
  const inCall = first(assigned, isUp(call));
  const { hold, resume, addParticipant, addTeamsUser } = call.actions;
  const holds = byControlPlane(resume?.supported ? resume : hold);
  const adds = first(inCall, holds, byControlPlane(addParticipant));
  const to = (action: string) => first(inCall, fromCapability(call.actions[action]));
  const own = told.filter((consult) => consult.taskId === task.id && !hasEnded(consult));
  const current = own.find(isUnderWay) ?? own.at(-1);
  const goesOut = current !== undefined && ringsElsewhere(current);
  const step = (action: ConsultAction) => {
    const why = goesOut ? 'it rings elsewhere already' : undefined;
    return first(assigned, canStep(current, action) ? yes : no('wrong-state', why));
  };
  const onLine = (action: string): Can => {
    const capability = call.actions[action];
    if (capability === undefined) return no('not-supported');
    if (!inHand.allowed) return inHand;
    if (call.status === 'closed') return no('closed');
    // A hold cannot wait for a lost link, as a message can.
    return isDoneByControlPlane(call, action) && !online ? no('not-connected') : fromCapability(capability);
  };
  // A call that is over does not keep a chat beside it from being given away.
  const isOver = call.status === 'closed' && standings.some((other) => other.status !== 'closed');
  return {
    ...Object.fromEntries(ofLine.map((action) => [action, onLine(action)])),
    ...(!isOver && { transferToAgent: first(inCall, holds), transferToQueue: inCall }),
    hangUp: assigned,
    rejoin: first(assigned, call.status === 'lost' ? yes : no('wrong-state')),
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
    park: inCall,
  };
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
function isUp({ status }: ChannelStanding): Can {
  if (status === 'connected' || status === 'held') return yes;
  return no(status === 'closed' ? 'closed' : status === 'lost' ? 'not-connected' : 'wrong-state');
}

function fromCapability(capability: Capability | undefined): Can {
  if (capability === undefined) return no('not-supported');
  return capability.supported ? yes : no(capability.reason, capability.detail);
}

function byControlPlane(capability: Capability | undefined): Can {
  return capability?.supported === true && capability.executor === 'client'
    ? no('needs-control-plane')
    : fromCapability(capability);
}

function isDoneByControlPlane(call: ChannelStanding | undefined, action: string): boolean {
  const capability = call?.actions[action];
  return capability?.supported === true && capability.executor === 'controlPlane';
}

/** The first denial. */
function first(...cans: readonly Can[]): Can {
  return cans.find((can) => !can.allowed) ?? yes;
}

function no(reason: DenyReason, detail?: string): Can {
  return { allowed: false, reason, ...(detail !== undefined && { detail }) };
}
