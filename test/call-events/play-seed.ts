import { isContactCenterError } from 'onescreen';
import { callAutomationHost, type CallHost } from 'onescreen/server';
import { actions } from '../handovers/actions';
import { play } from '../handovers/play-seed';
import type { Action } from '../races/plan';
import { resourceAccount, World } from '../races/world';
import type { Uncaught } from '../seeds/real-world';
import type { SeedResult } from '../seeds/seed-result';
import { setVirtualTime } from '../seeds/virtual-globals';
import { fetchSite, setSites } from './sites';

const accessKey = Buffer.from('a key that is known to all here').toString('base64');
const acs = '127.0.0.1:4100';
const server = '127.0.0.1:4200';
const webhookKey = 'a key of the webhooks';

/** Calls are read again every 30 s, so that what events did not tell is known. */
const missedMs = 35_000;

/** What befalls events on their way; each while it lasts. */
const eventFaults: readonly Action[] = [
  {
    weight: 6,
    plan: (world, random) => {
      const fault = random.pick(['lose', 'double', 'reorder'] as const);
      const times = random.integer(1, 4);
      return {
        words: `the next ${times} events: ${fault}`,
        run: () => {
          world.count(`events: ${fault}`);
          world.core.faults.callEvents.add({ fault, times });
        },
      };
    },
  },
  {
    weight: 3,
    plan: (world, random) => {
      const delayMs = random.pick([1, 200, 2_000, 12_000]);
      return {
        words: `the next event is ${delayMs} ms late`,
        run: () => {
          world.count('events: delay');
          world.core.faults.callEvents.add({ fault: { delayMs } });
        },
      };
    },
  },
  {
    weight: 2,
    plan: (world, random) => {
      const share = random.pick([0.1, 0.3]);
      const fault = random.pick(['lose', 'double', 'reorder'] as const);
      return {
        words: `${share * 100} % of all events from now on: ${fault}`,
        run: () => {
          world.count(`events for good: ${fault}`);
          world.core.faults.callEvents.add({ fault, share });
        },
      };
    },
  },
];

/** Plays the schedule of a seed over the official client, with events of calls lost, doubled, late and out of order. */
export async function playSeed(
  seed: number,
  uncaught: Uncaught,
  trace: (line: string) => void = () => {},
): Promise<SeedResult> {
  let webhooks: ReturnType<typeof callAutomationHost>['webhooks'] | undefined;
  const hostOf = (_inProcess: CallHost, here: World): CallHost => {
    const { clock, random, logger } = here;
    const host = callAutomationHost({
      connectionString: `endpoint=http://${acs}/;accesskey=${accessKey}`,
      ...{ resourceAccount, webhookKey, clock, random: random.fork('host') },
      callbackUrl: `http://${server}/acs`,
      logger,
      sounds: { music: { file: 'https://cc.example/music.wav' }, ringback: { file: 'https://cc.example/ring.wav' } },
    });
    ({ webhooks } = host);
    return host;
  };
  const world: World = new World(seed, trace, {
    agents: ['anna', 'ben', 'carl'],
    host: hostOf,
    emulator: { accessKey, fetch: (url, init) => fetchSite(url, init) },
    isWanted: (error) => isContactCenterError(error) && wanted.has(error.code),
  });
  const { clock, random, core } = world;
  setVirtualTime({ clock, random: random.fork('globals') });
  setSites({
    ...{ clock, random: random.fork('network') },
    serve: new Map([
      [acs, (request: Request) => core.handle(request)],
      [server, async (request: Request) => (await webhooks?.handle(request)) ?? new Response(null, { status: 404 })],
    ]),
  });
  const begun = async () => {
    const subscribed = core.eventGrid.subscribe({
      endpoint: `http://${server}/acs/events?key=${encodeURIComponent(webhookKey)}`,
      to: `28:orgid:${resourceAccount}`,
    });
    await clock.advance(1_000);
    await subscribed;
  };
  const mend = () => core.faults.callEvents.clear();
  return play(seed, { world, actions: [...actions, ...eventFaults], begun, mend, moreMs: missedMs }, uncaught);
}

/** What a host's step may fail with when it is not told what became of it. */
const wanted: ReadonlySet<string> = new Set(['command/timed-out', 'call/service', 'call/gone', 'call/command-failed']);
