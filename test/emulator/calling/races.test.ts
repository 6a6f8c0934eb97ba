import type { Call, CallAgent, IncomingCall } from '@azure/communication-calling';
import { seededRandom } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { CallingPage, jwt } from './calling-page';

/** One page in a storm: things happen in an order that the seed decides, answers are late or never come. */
async function storm(seed: number): Promise<CallingPage> {
  const random = seededRandom(seed);
  const page = new CallingPage();
  const client = page.client();
  const agent: CallAgent = await page.agent(jwt(), client);
  const rings: IncomingCall[] = [];
  const calls: Call[] = [];
  agent.on('incomingCall', ({ incomingCall }) => rings.push(incomingCall));
  agent.on('callsUpdated', ({ added }) => calls.push(...added));
  const ignore = () => {};
  const anyCall = () => (calls.length === 0 ? undefined : random.pick(calls));
  const status = () =>
    random.pick(['connecting', 'ringing', 'connected', 'local-hold', 'remote-hold', 'disconnected'] as const);

  const actions: readonly (() => unknown)[] = [
    () => agent.startCall([{ communicationUserId: '8:acs:resource_ben' }]),
    () => page.ring(),
    () => rings.at(-1)?.accept().catch(ignore),
    () => rings.at(-1)?.reject().catch(ignore),
    () =>
      rings.length > 0 &&
      page.push({ type: 'incoming-ended', callId: rings.at(-1)!.id, end: { code: 487, subCode: 0 } }),
    () => anyCall()?.hangUp().catch(ignore),
    () => anyCall()?.mute().catch(ignore),
    () => anyCall()?.hold().catch(ignore),
    () => page.call(anyCall()?.id ?? 'unknown', { status: status() }),
    () => page.peers.all.at(-1)?.closed === 0 && page.peers.last.events.connection('failed'),
    () => page.drop(),
    () => page.clock.advance(random.integer(0, 2000)),
    () => page.answers.set(random.pick(['start', 'accept', 'hang-up', 'media', 'mute'] as const), random.pick(answers)),
    () => page.push({ type: 'recovered' }),
  ];
  for (let step = 0; step < 25; step++) {
    const done = random.pick(actions)();
    // Some things happen in the same breath, others after each other.
    if (random.next() < 0.5) await Promise.race([done, page.clock.advance(0)]);
  }
  const gone = Promise.all([agent.dispose(), client.dispose()]);
  await page.clock.advance(60_000);
  await gone;
  return page;
}

const answers = ['none', {}, { error: { code: 400, subCode: 41006 } }] as const;

describe('whatever happens in whatever order', () => {
  it('no peer, no microphone, no timer and no connection is left once the page is done', async () => {
    let opened = 0;
    for (let seed = 0; seed < 300; seed++) {
      const page = await storm(seed);
      opened += page.peers.all.length;
      const left = {
        seed,
        peers: page.peers.live,
        misuse: page.peers.misuse,
        microphones: page.devices.openMicrophones,
        timers: page.clock.pending,
        connected: page.connected,
        errors: page.errors,
      };
      expect(left).toEqual({ seed, peers: 0, misuse: [], microphones: [], timers: 0, connected: false, errors: [] });
    }
    expect(opened).toBeGreaterThan(100);
  });
});
