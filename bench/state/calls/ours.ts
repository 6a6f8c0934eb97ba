import type { Call } from '@azure/communication-calling';
import { EventEmitter } from 'node:events';
import { select } from 'onescreen';
import { inCall, Roster } from '../../../src/acs/calling/roster';
import { subscribers } from '../contenders/contender';
import type { CallContender } from './call-contender';
import { remotes } from './remote';

/** The roster that calls and meetings are read with, from the package's event to ten who watch a view of it. */
export function ours(participants: number): CallContender {
  let calls = 0;
  const all = remotes(participants);
  // The roster looks at nothing else of a call.
  const call: unknown = Object.assign(new EventEmitter(), { remoteParticipants: all });
  if (!isCall(call)) throw new Error('not a call');
  const { live } = new Roster(call, inCall);
  const view$ = select(live, (list) => list);
  for (let each = 0; each < subscribers; each++) view$.subscribe(() => calls++);
  return {
    speak: (index, speaking) => all[index]?.speak(speaking),
    speaking: () => view$.value.map((one) => one.speaking),
    calls: () => calls,
  };
}

function isCall(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && 'remoteParticipants' in value;
}
