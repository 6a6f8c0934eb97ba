import { CallContext } from 'communication-react/call-context';
import { InternalCallContext } from 'communication-react/internal-call-context';
import { ParticipantSubscriber } from 'communication-react/participant-subscriber';
import { subscribers } from '../contenders/contender';
import type { CallContender } from './call-contender';
import { remotes } from './remote';

const callId = 'call-1';

/** The state of the stateful call client of @azure/communication-react, and its listener on each participant. */
export function communicationReact(participants: number): CallContender {
  let calls = 0;
  const all = remotes(participants);
  const context = new CallContext({ kind: 'communicationUser', communicationUserId: '8:acs:agent' });
  const keyOf = (index: number) => `8:acs:${index}`;
  const remoteParticipants = Object.fromEntries(
    all.map(({ identifier, displayName, state, isMuted, isSpeaking }, index) => [
      keyOf(index),
      { identifier, displayName, state, isMuted, isSpeaking, videoStreams: {} },
    ]),
  );
  context.setCall({ id: callId, remoteParticipants });
  const internal = new InternalCallContext();
  for (const remote of all) new ParticipantSubscriber({ callId }, remote, context, internal);
  for (let each = 0; each < subscribers; each++) {
    let last = context.getState().calls[callId]?.remoteParticipants;
    context.onStateChange((state) => {
      const now = state.calls[callId]?.remoteParticipants;
      if (now === last) return;
      last = now;
      calls++;
    });
  }
  return {
    speak: (index, speaking) => all[index]?.speak(speaking),
    speaking() {
      const now = context.getState().calls[callId]?.remoteParticipants ?? {};
      return all.map((_, index) => now[keyOf(index)]?.isSpeaking ?? false);
    },
    calls: () => calls,
  };
}
