import { ContactCenterError, delay, type Clock } from 'onescreen';
import type { CallEvents, CallHost, ProviderRefs } from 'onescreen/server';
import type { ScriptedCall, ScriptedVoice } from 'onescreen/testing';

/** How often it is looked whether a ring was answered, in milliseconds. */
const lookEveryMs = 500;

const caller = { id: 'caller', status: 'connected', muted: false, speaking: false, providerRefs: {} } as const;

/** A call host whose rings reach the desk's scripted voice service. */
export function scriptedCallers(voice: ScriptedVoice, clock: Clock) {
  const calls = new Map<string, ScriptedCall>();
  let events: CallEvents | undefined;
  let rung = 0;
  const end = (channelId: string) => {
    calls.get(channelId)?.end();
    calls.delete(channelId);
  };
  const host: CallHost = {
    name: 'scripted',
    channel: 'voice',
    inLog: false,
    actions: ['hold', 'resume'],
    start(given) {
      events = given;
      return () => {
        if (events === given) events = undefined;
      };
    },
    open: async () => ({ providerRefs: {}, customerRefs: {} }),
    async join({ channelId }, _, { correlationId, timeoutMs, signal, ringing }) {
      ringing([]);
      const ring = voice.ring({ correlationId });
      for (let waited = 0; ring.call === undefined; waited += lookEveryMs) {
        if (waited >= timeoutMs || signal.aborted) {
          ring.end();
          throw new ContactCenterError('call/no-answer', 'unable to ring; nobody has answered');
        }
        await delay(clock, lookEveryMs);
      }
      const refs: ProviderRefs = { line: correlationId };
      const { call } = ring;
      call.setParticipants([caller]);
      calls.set(channelId, call);
      call.state$.subscribe(({ status }) => {
        // Nobody here has asked for it: the tab has gone.
        if (status === 'ended' && calls.get(channelId) === call) events?.agentLeft(channelId, refs, 'gone');
      });
      return refs;
    },
    leave: async ({ channelId }) => end(channelId),
    close: async ({ channelId }) => end(channelId),
    hold: async () => {},
    resume: async () => {},
  };
  return {
    host,
    /** Somebody rings; resolves with the conversation's channel. */
    async ring(): Promise<string | undefined> {
      rung += 1;
      const phone = `+4915112345${String(rung).padStart(3, '0')}`;
      return events?.arrived({
        ...{ providerRefs: { call: `call-${rung}` }, customerRefs: { phone }, phone, context: {}, displayName: phone },
      });
    },
    /** Who talks changes so many times. */
    speak(channelId: string, times: number) {
      for (let time = 0; time < times; time++)
        calls.get(channelId)?.setParticipants([{ ...caller, speaking: time % 2 === 0 }]);
    },
    hangUp: (channelId: string) => events?.customerLeft(channelId, 'customer-left'),
  };
}
