import type { Offer, Task } from 'onescreen';
import type { SeededRandom } from 'onescreen/testing';
import { accept, onAgent, onOffer, onTab, onTask, onWorld, pick, usableTabs, type Action } from './plan';
import type { Tab } from './tab';
import { windows, type World } from './world';

/** Callers of one schedule. */
const mostCallers = 3;
const mostTabs = 3;

/** Every other tab of the same agent that shows this offer. */
function tabsWith(world: World, offer: Offer): readonly { readonly tab: Tab; readonly offer: Offer }[] {
  return usableTabs(world).flatMap((tab) =>
    tab.client.offers$.value.filter(({ id }) => id === offer.id).map((same) => ({ tab, offer: same })),
  );
}

const ringMs = windows.ringMs;
const noSuchCall = { code: 404, subCode: 8522 } as const;

/** What may happen in a race. */
export const actions: readonly Action[] = [
  {
    weight: 8,
    plan: (world) =>
      world.callers.length >= mostCallers ? undefined : { words: 'a customer calls', run: () => void world.call() },
  },
  {
    weight: 6,
    plan: (world, random) => {
      const caller = pick(
        random,
        world.callers.filter(({ phone }) => phone.state$.value.status !== 'ended'),
      );
      if (caller === undefined) return undefined;
      return {
        words: `${caller.number} hangs up`,
        run: () => {
          caller.gaveUp = true;
          world.count('customer hangs up');
          caller.phone.hangUp();
        },
      };
    },
  },
  { weight: 24, plan: onOffer('accepts', (tab, offer, _world, random) => accept(tab, offer, random.next() < 0.3)) },
  {
    weight: 8,
    plan: onOffer('accepts, and so do its other tabs', (_tab, offer, world) => {
      for (const same of tabsWith(world, offer)) accept(same.tab, same.offer);
    }),
  },
  {
    weight: 5,
    plan: onOffer('accepts twice', (tab, offer) => {
      accept(tab, offer);
      accept(tab, offer);
    }),
  },
  {
    weight: 5,
    plan: onOffer('declines', (tab, offer, world, random) => {
      const retryAt = random.next() < 0.7 ? new Date(world.clock.now() + random.integer(0, 3_000)) : undefined;
      tab.give('decline', () => offer.decline(retryAt && { retryAt }));
    }),
  },
  {
    weight: 3,
    plan: onOffer('accepts and declines', (tab, offer, world) => {
      const same = tabsWith(world, offer).at(-1) ?? { tab, offer };
      accept(tab, offer);
      same.tab.give('decline', () => same.offer.decline({ retryAt: new Date(world.clock.now()) }));
    }),
  },
  { weight: 7, plan: onTask('assigned', 'ends its task', (tab, task) => tab.give('end', () => task.end())) },
  {
    weight: 3,
    plan: onTask('assigned', 'gives its task back', (tab, task) => tab.give('requeue', () => task.requeue())),
  },
  { weight: 8, plan: onTask('assigned', 'handles its call', handleCall) },
  {
    weight: 5,
    plan: onTask('assigned', 'rejoins', (tab, task) => tab.give('rejoin', async () => tab.voice(task)?.rejoin())),
  },
  {
    weight: 12,
    plan: onTask('wrapping', 'wraps up', (tab, task) => tab.give('wrap up', () => task.wrapUp.complete())),
  },
  {
    weight: 5,
    plan: onTab(
      'changes its availability',
      (tab, _world, random) => {
        const kind = random.next() < 0.8 ? 'available' : 'unavailable';
        const whenBusy = random.next() < 0.3 ? 'after-current' : 'now';
        tab.give(kind, () => tab.client.agent.setAvailability({ kind }, { whenBusy }));
      },
      (tab) => tab.usable && tab.signedIn,
    ),
  },
  {
    weight: 3,
    plan: onTab(
      'signs in',
      (tab) => tab.signIn(),
      (tab) => tab.usable && !tab.signedIn,
    ),
  },
  {
    weight: 4,
    plan: onTab('takes over', (tab, world) => {
      world.count('take-over');
      tab.give('take over', () => tab.client.tabs.takeOver());
    }),
  },
  {
    weight: 4,
    plan: onTab('is frozen', (tab, world) => {
      world.count('freeze');
      tab.freeze();
    }),
  },
  {
    weight: 6,
    plan: onTab(
      'is thawed',
      (tab) => tab.thaw(),
      (tab) => tab.clock.frozen,
    ),
  },
  {
    weight: 2,
    plan: onTab('closes', (tab, world) => {
      world.count('tab closes');
      tab.close();
    }),
  },
  {
    weight: 3,
    plan: onTab(
      'is killed',
      (tab, world) => {
        world.count('tab killed');
        tab.kill();
      },
      () => true,
    ),
  },
  {
    weight: 3,
    plan: (world, random) => {
      const agent = random.pick(world.agents);
      const tab = pick(
        random,
        agent.tabs.filter(({ status }) => status === 'open'),
      );
      return (
        tab && {
          words: `${tab.name} is loaded anew`,
          run: () => {
            world.count('reload');
            tab.kill();
            world.openTab(agent);
          },
        }
      );
    },
  },
  {
    weight: 3,
    plan: (world, random) => {
      const agent = random.pick(world.agents);
      if (agent.tabs.filter(({ status }) => status === 'open').length >= mostTabs) return undefined;
      return { words: `${agent.id} opens a tab`, run: () => void world.openTab(agent) };
    },
  },
  {
    weight: 4,
    plan: onTab('loses its link for a moment', (tab, world, random) => {
      world.count('link lost');
      tab.desk.drop(true, random.integer(0, 3_000));
    }),
  },
  {
    weight: 3,
    plan: onTab('loses its link for longer', (tab, world, random) => {
      world.count('link lost beyond recovery');
      tab.desk.drop(false, random.integer(500, 40_000));
    }),
  },
  {
    weight: 4,
    plan: onTab('loses its signalling for a while', (tab, world, random) => {
      world.count('signalling lost');
      tab.calling.drop();
      world.clock.schedule(random.integer(0, 15_000), () => tab.calling.restore());
    }),
  },
  {
    weight: 3,
    plan: onAgent('has its signalling cut', ({ user }, { core }) => void core.faults.calls.dropSignalling(user)),
  },
  { weight: 2, plan: onAgent('has its token expired', ({ user }, { core }) => core.faults.calls.expireTokens(user)) },
  {
    weight: 2,
    plan: onAgent('gets no tokens for a while', (agent, world, random) => {
      world.count('tokens refused');
      agent.tokensRefused = true;
      world.clock.schedule(random.integer(500, 20_000), () => (agent.tokensRefused = false));
    }),
  },
  { weight: 3, plan: onWorld('the next context is lost', ({ core }) => core.faults.calls.loseContexts(1)) },
  {
    weight: 2,
    plan: onWorld('the next ring is lost', (world) => {
      world.lostRings += 1;
      world.core.faults.calls.loseRings(1);
    }),
  },
  {
    weight: 3,
    plan: onWorld('the next ring is late', ({ core }, random) =>
      core.faults.calls.delayRings(random.pick([1, 500, ringMs - 1, ringMs, ringMs + 1]), 1),
    ),
  },
  {
    weight: 3,
    plan: onWorld('the next add fails', (world, random) => {
      const failure = random.pick(addFailures);
      if (failure === noSuchCall) world.deniedCalls += 1;
      world.core.faults.calls.failAdds(failure, 1);
    }),
  },
  {
    weight: 3,
    plan: onWorld('the next join is slow', ({ slowJoins }, random) => {
      const ms = () => random.pick([0, 1, 500, 3_000, ringMs, ringMs + 4_000]);
      slowJoins.push({ before: ms(), after: ms() });
    }),
  },
];

const addFailures = [
  { code: 480, subCode: 10037 },
  { code: 408, subCode: 10057 },
  { code: 603, subCode: 0 },
  { code: 487, subCode: 10004 },
  noSuchCall,
  { code: 500, subCode: 0 },
] as const;

function handleCall(tab: Tab, task: Task, random: SeededRandom): void {
  const what = random.pick(['hold', 'resume', 'mute', 'unmute', 'hangUp', 'hold and resume'] as const);
  const voice = tab.voice(task);
  if (voice === undefined) return;
  if (what === 'hold and resume') {
    tab.give('hold', () => voice.hold());
    return tab.give('resume', () => voice.resume());
  }
  tab.give(what, () => voice[what]());
}
