import type { TaskRecord } from '../protocol/log-entry';
import type { Circumstances, Controls } from '../provider/call-task';
import type { Can, Capability, DenyReason } from '../provider/capability';
import type { ChannelStanding } from '../provider/channel-standing';
import type { Voice } from '../provider/voice-provider';
import { isUnderWay } from './handover';
import { consults, escalations, handsOver, taskActions, transfers } from './task-action';

const yes: Can = { allowed: true };

/**
 * One model of state, role and capability: the answers for a task of this status over all its channels. The kind of
 * channel that an action belongs to decides; what belongs to calls, `calls` answers.
 */
export function controlsOf(task: TaskRecord, circumstances: Circumstances, calls: Voice['controls'] | undefined): Controls {
  const { online, standings, told, addable } = circumstances;
  const at = (...statuses: readonly TaskRecord['status'][]): Can =>
    task.status === 'closed' || task.status === 'cancelled'
      ? no('closed')
      : !statuses.includes(task.status)
        ? no('wrong-state')
        : yes;
  const assigned = at('assigned');
  const link = online ? yes : no('not-connected');
  const ofTask = first(assigned, link);
  const messages = standings.filter(({ type }) => type !== 'voice' && type !== 'meeting');
  const message = messages.filter(isOpen).at(-1) ?? messages.at(-1);
  const meeting = standings.filter(({ type }) => type === 'meeting').at(-1);
  const kinds = [task.channel, ...(task.channels ?? [])];
  const awaitsMessages = kinds.some((kind) => kind !== 'voice' && kind !== 'meeting');
  const of = (channel: ChannelStanding | undefined, action: string, awaited: boolean): Can =>
    channel === undefined
      ? awaited
        ? first(assigned, no('not-connected'))
        : no('not-supported')
      : action in channel.actions
        ? first(assigned, isOpen(channel) ? fromCapability(channel.actions[action]) : no('closed'))
        : no('not-supported');
  const ofMessage = (action: string) => of(message, action, awaitsMessages);
  const ofMeeting = (action: string) => of(meeting, action, kinds.includes('meeting'));
  const adds = (kind: string): Can => {
    if (!(kind in addable)) return no('not-supported');
    const isThere = standings.some((standing) => standing.type === kind && isOpen(standing));
    return first(ofTask, isThere ? no('wrong-state', 'it is open already') : yes, addable[kind] ? yes : no('no-capacity'));
  };
  const found: Record<string, Can> = {
    ...Object.fromEntries(taskActions.map((action) => [action, no('not-supported')])),
    ...Object.fromEntries(Object.keys(addable).map((kind) => [escalationTo(kind), adds(kind)])),
    ...Object.fromEntries(Object.keys(meeting?.actions ?? {}).map((name) => [`meeting.${name}`, ofMeeting(name)])),
    send: ofMessage('send'),
    edit: ofMessage('edit'),
    delete: ofMessage('delete'),
    requeue: ofTask,
    end: ofTask,
    transferToAgent: ofTask,
    transferToQueue: ofTask,
    wrapUp: first(at('wrapping'), link),
    admit: ofMeeting('admit'),
    shareScreen: ofMeeting('shareScreen'),
  };
  const controls = { ...(calls?.(task, circumstances, found) ?? found) };
  if (told.some(isUnderWay)) {
    for (const action of handsOver)
      if (controls[action]?.allowed) controls[action] = no('wrong-state', 'a consult or transfer is under way');
  }
  const best = (names: readonly string[]) => bestOf(names.map((name) => controls[name] ?? no('not-supported')));
  const added = Object.keys(addable).map(escalationTo);
  return {
    ...controls,
    transfer: best(transfers),
    consult: best(consults),
    escalate: best([...escalations, ...added]),
  };
}

/** What adding a channel of a kind is called. */
export function escalationTo(kind: string): string {
  return `escalateTo${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

export function sameControls(a: Controls, b: Controls): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameCan(a[name], b[name]));
}

function isOpen({ status }: ChannelStanding): boolean {
  return status !== 'closed';
}

function fromCapability(capability: Capability | undefined): Can {
  if (capability === undefined) return no('not-supported');
  return capability.supported ? yes : no(capability.reason, capability.detail);
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
