import type { TaskRecord } from '../protocol/log-entry';
import type { Can, Capability, DenyReason } from '../provider/capability';
import type { ChannelStanding } from './open-conversation';

/** What an agent may want to do with a task. The list is open. */
export type TaskAction = (typeof actions)[number] | (string & {});

/** For every action whether it is possible now. */
export type Controls = Readonly<Record<string, Can>>;

const actions = [
  'send',
  'edit',
  'delete',
  'requeue',
  'end',
  'wrapUp',
  'transfer',
  'consult',
  'escalate',
  'mute',
  'unmute',
  'hold',
  'resume',
  'dtmf',
  'addParticipant',
  'removeParticipant',
  'hangUp',
  'rejoin',
  'record',
  'admit',
  'shareScreen',
] as const;

const yes: Can = { allowed: true };

/** One model of state, role and capability: the answers for a task of this status over these channels. */
export function controlsOf(task: TaskRecord, online: boolean, standings: readonly ChannelStanding[]): Controls {
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
  const assigned = at('assigned');
  const ofTask: Readonly<Record<string, Can>> = {
    hangUp: isCall ? assigned : no('not-supported'),
    rejoin: !isCall
      ? no('not-supported')
      : channel.status === 'lost' || !assigned.allowed
        ? assigned
        : no('wrong-state'),
    requeue: assigned,
    end: assigned,
    wrapUp: at('wrapping'),
  };
  return Object.fromEntries(
    actions.map((action) => [action, ofTask[action] ?? ofChannel(task, channel, action, online)]),
  );
}

export function sameControls(a: Controls, b: Controls): boolean {
  return actions.every((action) => sameCan(a[action], b[action]));
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
  const isAsked = channel.type === 'voice' && capability?.supported === true && capability.executor === 'controlPlane';
  return isAsked && !online ? no('not-connected') : fromCapability(capability);
}

function fromCapability(capability: Capability | undefined): Can {
  if (capability === undefined) return no('not-supported');
  if (capability.supported) return yes;
  return no(capability.reason, capability.detail);
}

function no(reason: DenyReason, detail?: string): Can {
  return { allowed: false, reason, ...(detail !== undefined && { detail }) };
}

function sameCan(a: Can | undefined, b: Can | undefined): boolean {
  if (a === undefined || b === undefined || a.allowed || b.allowed) return a?.allowed === b?.allowed;
  return a.reason === b.reason && a.detail === b.detail;
}
