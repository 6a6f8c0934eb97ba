import type { Offer, Task } from 'onescreen';
import type { SeededRandom } from 'onescreen/testing';
import type { Tab } from './tab';
import type { AgentHere, World } from './world';

/** Something that may happen: carried out when the world allows it. */
export interface Action {
  /** How often, beside the others. */
  readonly weight: number;
  /** What it would be about now; undefined: it cannot happen now. */
  readonly plan: (world: World, random: SeededRandom) => Planned | undefined;
}

export interface Planned {
  readonly words: string;
  readonly run: () => void;
}

export const pick = <T>(random: SeededRandom, options: readonly T[]): T | undefined =>
  options.length === 0 ? undefined : random.pick(options);

export const usableTabs = ({ tabs }: World) => tabs.filter((tab) => tab.usable && tab.signedIn);

export function offerSomewhere(
  world: World,
  random: SeededRandom,
): { readonly tab: Tab; readonly offer: Offer } | undefined {
  const all = usableTabs(world).flatMap((tab) => tab.client.offers$.value.map((offer) => ({ tab, offer })));
  return pick(random, all);
}

export function taskSomewhere(
  world: World,
  random: SeededRandom,
  status: 'assigned' | 'wrapping',
): { readonly tab: Tab; readonly task: Task } | undefined {
  const all = usableTabs(world).flatMap((tab) =>
    tab.tasks.filter((task) => task.status$.value === status).map((task) => ({ tab, task })),
  );
  return pick(random, all);
}

export const accept = (tab: Tab, offer: Offer, muted = false) => tab.give('accept', () => offer.accept({ muted }));

export const onOffer =
  (words: string, run: (tab: Tab, offer: Offer, world: World, random: SeededRandom) => void): Action['plan'] =>
  (world, random) => {
    const found = offerSomewhere(world, random);
    if (found === undefined) return undefined;
    const { tab, offer } = found;
    return { words: `${tab.name} ${words}`, run: () => run(tab, offer, world, random) };
  };

export const onTask =
  (
    status: 'assigned' | 'wrapping',
    words: string,
    run: (tab: Tab, task: Task, random: SeededRandom) => void,
  ): Action['plan'] =>
  (world, random) => {
    const found = taskSomewhere(world, random, status);
    if (found === undefined) return undefined;
    const { tab, task } = found;
    return { words: `${tab.name} ${words}`, run: () => run(tab, task, random) };
  };

export const onTab =
  (words: string, run: (tab: Tab, world: World, random: SeededRandom) => void, fits = (tab: Tab) => tab.usable) =>
  (world: World, random: SeededRandom): Planned | undefined => {
    const tab = pick(
      random,
      world.tabs.filter((one) => one.status === 'open' && fits(one)),
    );
    return tab && { words: `${tab.name} ${words}`, run: () => run(tab, world, random) };
  };

export const onAgent =
  (words: string, run: (agent: AgentHere, world: World, random: SeededRandom) => void): Action['plan'] =>
  (world, random) => {
    const agent = random.pick(world.agents);
    return { words: `${agent.id} ${words}`, run: () => run(agent, world, random) };
  };

export const onWorld =
  (words: string, run: (world: World, random: SeededRandom) => void): Action['plan'] =>
  (world, random) => ({ words, run: () => run(world, random) });

/** Something that can happen now, by its weight; undefined in the rare case that the draw cannot. */
export function draw(actions: readonly Action[], world: World, random: SeededRandom): Planned | undefined {
  const total = actions.reduce((sum, { weight }) => sum + weight, 0);
  for (let tries = 0; tries < 8; tries++) {
    let left = random.next() * total;
    const action = actions.find(({ weight }) => (left -= weight) < 0);
    const planned = action?.plan(world, random);
    if (planned !== undefined) return planned;
  }
  return undefined;
}
