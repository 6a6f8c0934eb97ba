import type { CallAction } from '../provider/call';
import type { TaskRecord } from '../protocol/log-entry';
import type { Can, Capability, DenyReason } from '../provider/capability';
import type { ChatAction } from '../provider/chat-provider';
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
  const known: Readonly<Record<string, Can>> = {
    send: chat(task, channel, 'send'),
    edit: chat(task, channel, 'edit'),
    delete: chat(task, channel, 'delete'),
    mute: call(task, channel, 'mute'),
    unmute: call(task, channel, 'unmute'),
    hold: call(task, channel, 'hold'),
    resume: call(task, channel, 'resume'),
    dtmf: call(task, channel, 'dtmf'),
    addParticipant: call(task, channel, 'addParticipant'),
    removeParticipant: call(task, channel, 'removeParticipant'),
    record: call(task, channel, 'record'),
    hangUp: channel?.type === 'voice' ? at('assigned') : no('not-supported'),
    rejoin: rejoin(channel, at('assigned')),
    requeue: at('assigned'),
    end: at('assigned'),
    wrapUp: at('wrapping'),
  };
  return Object.fromEntries(actions.map((action) => [action, known[action] ?? no('not-supported')]));
}

export function sameControls(a: Controls, b: Controls): boolean {
  return actions.every((action) => sameCan(a[action], b[action]));
}

function call(task: TaskRecord, channel: ChannelStanding | undefined, action: CallAction): Can {
  if (channel?.type !== 'voice') return no('not-supported');
  if (task.status === 'closed' || task.status === 'cancelled') return no('closed');
  return task.status === 'assigned' ? fromCapability(channel.actions[action]) : no('wrong-state');
}

function rejoin(channel: ChannelStanding | undefined, assigned: Can): Can {
  if (channel?.type !== 'voice') return no('not-supported');
  return channel.status === 'lost' || !assigned.allowed ? assigned : no('wrong-state');
}

function chat(task: TaskRecord, channel: ChannelStanding | undefined, action: ChatAction): Can {
  if (task.status !== 'assigned')
    return no(task.status === 'closed' || task.status === 'cancelled' ? 'closed' : 'wrong-state');
  if (channel === undefined) return no('not-connected');
  if (channel.status === 'closed') return no('closed');
  // While the link recovers, sending stays possible: the message waits, visibly, and is sent once.
  return fromCapability(channel.actions[action]);
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
