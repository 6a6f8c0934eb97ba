import type { TaskRecord } from '../protocol/log-entry';
import { given } from '../given';
import type { Circumstances, Controls } from '../provider/call-task';
import type { Can, DenyReason } from '../provider/capability';
import type { ChannelStanding } from '../provider/channel-standing';
import type { Voice } from '../provider/voice-provider';
import { isUnderWay } from './handover';
import { extensionsLeft } from './wrap-up';
import { actionOn, consults, escalations, handsOver, taskActions, transfers } from './task-action';

const yes: Can = { allowed: true };
export const notSupported = no('not-supported');

/**
 * One model of state, role and capability: the answers for a task of this status over all its channels. The kind of
 * channel that an action belongs to decides; what belongs to calls, `calls` answers.
 */
export function controlsOf(
  task: TaskRecord,
  circumstances: Circumstances & {
    /** The draft of the wrap-up has a disposition. */
    readonly isDisposed: boolean;
  },
  calls: Voice['controls'] | undefined,
): Controls {
  const { online, standings, told, addable, isDisposed } = circumstances;
  const { status, channels: kinds = [task.channel] } = task;
  const link = online ? yes : no('not-connected');
  const at = (wanted: string): Can =>
    status === 'closed' || status === 'cancelled' ? no('closed') : status === wanted ? yes : no('wrong-state');
  const assigned = at('assigned');
  const ofTask = first(assigned, link);
  /** Of the channel of such a kind that was opened last; one that is open comes first. */
  const over = (isSuch: (kind: string) => boolean) => {
    const such = standings.filter(({ type }) => isSuch(type));
    const channel = such.filter(isOpen).at(-1) ?? such.at(-1);
    return {
      actions: channel?.actions ?? {},
      can: (action: string): Can => {
        if (channel === undefined) return kinds.some(isSuch) ? first(assigned, no('not-connected')) : notSupported;
        const capability = channel.actions[action];
        if (capability === undefined) return notSupported;
        return first(
          assigned,
          isOpen(channel) ? yes : no('closed'),
          capability.supported ? yes : no(capability.reason, capability.detail),
        );
      },
    };
  };
  const messages = over((kind) => kind !== 'voice' && kind !== 'meeting');
  const meeting = over((kind) => kind === 'meeting');
  const added = Object.entries(addable).map(([kind, hasRoom]): [string, Can] => {
    const isThere = standings.some((standing) => standing.type === kind && isOpen(standing));
    const room = isThere ? no('wrong-state', 'it is open') : hasRoom ? yes : no('no-capacity');
    return [actionOn('escalateTo', kind), first(ofTask, room)];
  });
  const found: Controls = {
    ...Object.fromEntries([
      ...taskActions.map((action): [string, Can] => [action, notSupported]),
      ...added,
      ...Object.keys(meeting.actions).map((name): [string, Can] => [`meeting.${name}`, meeting.can(name)]),
      ...['send', 'edit', 'delete'].map((action): [string, Can] => [action, messages.can(action)]),
      ...['admit', 'shareScreen'].map((action): [string, Can] => [action, meeting.can(action)]),
      ...['requeue', 'end', 'transferToAgent', 'transferToQueue'].map((action): [string, Can] => [action, ofTask]),
    ]),
    wrapUp: first(at('wrapping'), link, task.wrapUp.required && !isDisposed ? no('disposition-required') : yes),
    extendWrapUp: first(at('wrapping'), link, extensionsLeft(task) === 0 ? no('no-extension-left') : yes),
  };
  const controls: Record<string, Can> = { ...found, ...calls?.(task, circumstances, found) };
  if (told.some(isUnderWay))
    for (const action of handsOver)
      if (controls[action]?.allowed) controls[action] = no('wrong-state', 'a consult or transfer is under way');
  const best = (names: readonly string[]) => bestOf(names.map((name) => controls[name] ?? notSupported));
  return {
    ...controls,
    transfer: best(transfers),
    consult: best(consults),
    escalate: best([...escalations, ...added.map(([name]) => name)]),
  };
}

function isOpen({ status }: ChannelStanding): boolean {
  return status !== 'closed';
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
  return { allowed: false, reason, ...given({ detail }) };
}
