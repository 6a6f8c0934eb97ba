import type { Call, CallAgent, IncomingCall } from '@azure/communication-calling';
import { seededRandom } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { CallingPage, jwt } from './calling-page';
import { gus, meeting, olivia } from './meeting-page';

/** One page in a storm: things happen in an order that the seed decides, answers are late or never come. */
async function storm(seed: number): Promise<CallingPage> {
  const random = seededRandom(seed);
  const page = new CallingPage();
  const client = page.client();
  const agent: CallAgent = await page.agent(jwt(), client);
  const rings: IncomingCall[] = [];
  const calls: Call[] = [];
  const meetings: Call[] = [];
  agent.on('incomingCall', ({ incomingCall }) => rings.push(incomingCall));
  agent.on('callsUpdated', ({ added }) => calls.push(...added));
  const ignore = () => {};
  const anyCall = () => (calls.length === 0 ? undefined : random.pick(calls));
  const status = () =>
    random.pick([
      'connecting',
      'ringing',
      'in-lobby',
      'connected',
      'local-hold',
      'remote-hold',
      'disconnected',
    ] as const);
  const maybe = () => random.next() < 0.5;
  const front = { id: 'camera:front', name: 'Front', deviceType: 'UsbCamera' } as const;
  const stream = () => new page.sdk.LocalVideoStream(front, { autoDisposeOnCallEnd: maybe() });
  const joined = () => anyOf(meetings);
  const anyOf = <Item>(items: readonly Item[]) => (items.length === 0 ? undefined : random.pick(items));

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
    ...Array.from({ length: 3 }, () => () => {
      const videoOptions = maybe() ? { localVideoStreams: [stream()] } : {};
      meetings.push(agent.join({ meetingId: '1' }, { videoOptions }));
    }),
    ...Array.from({ length: 6 }, () => () => {
      const roster = [olivia, { ...gus, camera: maybe(), screen: maybe() }].slice(random.integer(0, 2));
      const change = { camera: maybe(), screen: maybe(), consent: random.pick(['not-needed', 'required'] as const) };
      const pictures = maybe() ? [{ slot: 0, rawId: gus.rawId, kind: 'camera' as const }] : [];
      const frame = { ...meeting, ...change, pictures };
      return page.call(joined()?.id ?? 'unknown', {
        status: maybe() ? 'connected' : status(),
        roster,
        meeting: frame,
      });
    }),
    ...Array.from({ length: 3 }, () => () => joined()?.startVideo(stream()).catch(ignore)),
    ...Array.from({ length: 3 }, () => () => joined()?.startScreenSharing().catch(ignore)),
    () => joined()?.stopScreenSharing().catch(ignore),
    () => {
      const call = joined();
      const [video] = call?.localVideoStreams ?? [];
      return video && call?.stopVideo(video).catch(ignore);
    },
    () => joined()?.hold().catch(ignore),
    () => joined()?.resume().catch(ignore),
    () => anyOf(page.devices.pictures)?.ended(),
    () => page.answers.set(random.pick(['join', 'picture', 'hold'] as const), random.pick(answers)),
  ];
  for (let step = 0; step < 40; step++) {
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
  it('no peer, no microphone, no camera, no screen, no timer and no connection is left once the page is done', async () => {
    let opened = 0;
    let shown = 0;
    for (let seed = 0; seed < 300; seed++) {
      const page = await storm(seed);
      opened += page.peers.all.length;
      shown += page.devices.pictures.length;
      const left = {
        seed,
        peers: page.peers.live,
        misuse: page.peers.misuse,
        microphones: page.devices.openMicrophones,
        pictures: page.devices.openPictures,
        timers: page.clock.pending,
        connected: page.connected,
        errors: page.errors,
      };
      expect(left).toEqual({
        seed,
        peers: 0,
        misuse: [],
        microphones: [],
        pictures: [],
        timers: 0,
        connected: false,
        errors: [],
      });
    }
    expect(opened).toBeGreaterThan(100);
    expect(shown).toBeGreaterThan(100);
  });
});
