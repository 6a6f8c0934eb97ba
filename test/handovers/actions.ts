import type { Consult, Task } from 'onescreen';
import type { SeededRandom } from 'onescreen/testing';
import { accept, onAgent, onOffer, onTab, onTask, pick, usableTabs, type Action } from '../races/plan';
import type { Tab } from '../races/tab';
import { windows, type World } from '../races/world';
import { drawFault, hostSteps, type HostFaults } from './faulty-host';

/** Callers of one schedule. */
const mostCallers = 2;

/** Phones of people outside, whom agents bring in. */
export const outside = ['+4930111110', '+4930111111'] as const;

const reactions = ['answer', 'answer', 'answer', 'busy', 'decline', 'no-answer', 'unknown'] as const;

const ringMs = windows.ringMs;
const addFailures = [
  { code: 480, subCode: 10037 },
  { code: 408, subCode: 10057 },
  { code: 603, subCode: 0 },
  { code: 500, subCode: 0 },
] as const;

const colleagueOf = (world: World, tab: Tab, random: SeededRandom) =>
  random.pick(world.agents.filter(({ tabs }) => !tabs.includes(tab))).id;

const onAssigned = (
  words: string,
  run: (tab: Tab, task: Task, random: SeededRandom, world: World) => void,
): Action['plan'] => {
  return (world, random) =>
    onTask('assigned', words, (tab, task, chance) => run(tab, task, chance, world))(world, random);
};

/** Something about a consult of an agent's. */
const onConsult =
  (words: string, run: (tab: Tab, consult: Consult, random: SeededRandom) => void): Action['plan'] =>
  (world, random) => {
    const found = pick(
      random,
      usableTabs(world).flatMap((tab) =>
        tab.tasks.flatMap((task) => task.consults$.value.map((consult) => ({ tab, consult }))),
      ),
    );
    if (found === undefined) return undefined;
    const { tab, consult } = found;
    return { words: `${tab.name} ${words}`, run: () => run(tab, consult, random) };
  };

const act = (action: 'swap' | 'merge' | 'complete' | 'cancel') =>
  onConsult(`asks to ${action}`, (tab, consult) => tab.give(action, () => consult[action]()));

/** What may happen when calls pass from hand to hand. */
export const actions: readonly Action[] = [
  {
    weight: 6,
    plan: (world) =>
      world.callers.length >= mostCallers ? undefined : { words: 'a customer calls', run: () => void world.call() },
  },
  {
    weight: 4,
    plan: (world, random) => {
      const caller = pick(
        random,
        world.callers.filter(({ phone }) => phone.state$.value.status !== 'ended'),
      );
      return (
        caller && {
          words: `${caller.number} hangs up`,
          run: () => {
            caller.gaveUp = true;
            world.count('customer hangs up');
            caller.phone.hangUp();
          },
        }
      );
    },
  },
  { weight: 26, plan: onOffer('accepts', (tab, offer) => accept(tab, offer)) },
  { weight: 4, plan: onOffer('declines', (tab, offer) => tab.give('decline', () => offer.decline())) },
  {
    weight: 12,
    plan: onAssigned('consults a colleague', (tab, task, random, world) => {
      const agent = colleagueOf(world, tab, random);
      const merge = random.next() < 0.3;
      tab.give(merge ? 'add agent' : 'consult agent', () => task.consult({ agent }, { merge, note: 'please look' }));
    }),
  },
  {
    weight: 8,
    plan: onAssigned('consults somebody outside', (tab, task, random) => {
      const merge = random.next() < 0.3;
      const phone = random.pick(outside);
      tab.give(merge ? 'add phone' : 'consult phone', () => task.consult({ phone }, { merge }));
    }),
  },
  {
    weight: 7,
    plan: onAssigned('transfers to a colleague', (tab, task, random, world) =>
      tab.give('transfer to agent', () => task.transfer({ agent: colleagueOf(world, tab, random) }, { note: 'yours' })),
    ),
  },
  {
    weight: 4,
    plan: onAssigned('transfers to a queue', (tab, task) =>
      tab.give('transfer to queue', () => task.transfer({ queue: 'calls' })),
    ),
  },
  {
    weight: 4,
    plan: onAssigned('transfers outside', (tab, task, random) =>
      tab.give('transfer to phone', () => task.transfer({ phone: random.pick(outside) })),
    ),
  },
  { weight: 9, plan: act('swap') },
  { weight: 9, plan: act('merge') },
  { weight: 9, plan: act('complete') },
  { weight: 7, plan: act('cancel') },
  {
    weight: 3,
    plan: onConsult('asks for two things at once', (tab, consult, random) => {
      for (const action of [random.pick(['swap', 'merge'] as const), random.pick(['complete', 'cancel'] as const)])
        tab.give(action, () => consult[action]());
    }),
  },
  { weight: 4, plan: onAssigned('parks', (tab, task) => tab.give('park', () => task.park())) },
  {
    weight: 5,
    plan: onTab(
      'takes what is parked',
      (tab) => {
        const parked = tab.client.parked$.value[0];
        if (parked !== undefined) tab.give('take parked', () => tab.client.takeParked(parked.taskId));
      },
      (tab) => tab.usable && tab.signedIn && tab.client.parked$.value.length > 0,
    ),
  },
  {
    weight: 2,
    plan: onAssigned('promises to call back', (tab, task, random, world) => {
      const at = random.next() < 0.5 ? {} : { at: new Date(world.clock.now() + random.integer(1_000, 30_000)) };
      tab.give('call back', () => task.callBack(at));
    }),
  },
  {
    weight: 3,
    plan: onTab(
      'takes a callback',
      (tab) => {
        const callback = tab.client.callbacks$.value[0];
        if (callback !== undefined) tab.give('take callback', () => tab.client.takeCallback(callback.id));
      },
      (tab) => tab.usable && tab.signedIn && tab.client.callbacks$.value.length > 0,
    ),
  },
  {
    weight: 5,
    plan: onAssigned('holds or resumes', (tab, task, random) => {
      const action = random.pick(['hold', 'resume'] as const);
      const voice = tab.voice(task);
      if (voice !== undefined) tab.give(action, () => voice[action]());
    }),
  },
  { weight: 3, plan: onTask('assigned', 'ends its task', (tab, task) => tab.give('end', () => task.end())) },
  {
    weight: 2,
    plan: onTask('assigned', 'gives its task back', (tab, task) => tab.give('requeue', () => task.requeue())),
  },
  {
    weight: 3,
    plan: onTask('assigned', 'rejoins', (tab, task) => tab.give('rejoin', async () => tab.voice(task)?.rejoin())),
  },
  {
    weight: 12,
    plan: onTask('wrapping', 'wraps up', (tab, task) => tab.give('wrap up', () => task.wrapUp.complete())),
  },
  {
    weight: 3,
    plan: (world, random) => {
      const number = random.pick(outside);
      const reaction = random.pick(reactions);
      const afterMs = random.pick([0, 500, 2_000, 6_000]);
      return {
        words: `${number} will ${reaction} after ${afterMs} ms`,
        run: () => world.core.phones.set(number, { reaction, afterMs }),
      };
    },
  },
  {
    weight: 5,
    plan: (world, random) => {
      const phone = pick(
        random,
        world.core.phones.calls.filter(({ number }) => outside.some((one) => one === number)),
      );
      return (
        phone && {
          words: `${phone.number} outside hangs up`,
          run: () => {
            world.count('somebody outside hangs up');
            phone.hangUp();
          },
        }
      );
    },
  },
  {
    weight: 2,
    plan: onTab(
      'changes its availability',
      (tab, _world, random) => {
        const kind = random.next() < 0.7 ? 'available' : 'unavailable';
        tab.give(kind, () => tab.client.agent.setAvailability({ kind }));
      },
      (tab) => tab.usable && tab.signedIn,
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
    weight: 1,
    plan: onTab(
      'is killed',
      (tab, world) => {
        world.count('tab killed');
        tab.kill();
      },
      (tab) => tab.status === 'open',
    ),
  },
  {
    weight: 2,
    plan: onTab('loses its link for a while', (tab, world, random) => {
      world.count('link lost');
      tab.desk.drop(random.next() < 0.7, random.integer(0, 20_000));
    }),
  },
  {
    weight: 2,
    plan: onAgent('has its signalling cut', ({ user }, { core }) => void core.faults.calls.dropSignalling(user)),
  },
  {
    weight: 2,
    plan: (world, random) => {
      const failure = random.pick(addFailures);
      return { words: 'the next add fails', run: () => world.core.faults.calls.failAdds(failure, 1) };
    },
  },
  {
    weight: 2,
    plan: (world, random) => {
      const ms = random.pick([1, 500, ringMs - 1, ringMs, ringMs + 1]);
      return { words: 'the next ring is late', run: () => world.core.faults.calls.delayRings(ms, 1) };
    },
  },
];

/** The same, with a host whose steps fail. */
export function actionsWith(faults: HostFaults): readonly Action[] {
  return [
    ...actions,
    {
      weight: 8,
      plan: (_world, random) => {
        const step = random.pick(hostSteps);
        const fault = drawFault(random);
        return { words: `the host's next ${step} goes wrong`, run: () => faults.plan(step, fault) };
      },
    },
  ];
}
