import { isContactCenterError } from 'onescreen';
import { seededRandom, type SeededRandom } from 'onescreen/testing';
import { atWork } from '../races/at-work';
import { draw, type Action } from '../races/plan';
import { pause } from '../races/play-seed';
import type { Tab } from '../races/tab';
import { World, type AgentHere } from '../races/world';
import type { Uncaught } from '../seeds/real-world';
import type { SeedResult } from '../seeds/seed-result';
import { actionsWith, outside } from './actions';
import { faultyHost, HostFaults, PlannedFailure } from './faulty-host';
import { isPromised, liveTasks } from './matters';
import { HandoverWatch } from './watch';

/** One schedule's world and what happens in it. */
export interface Play {
  readonly world: World;
  readonly actions: readonly Action[];
  readonly begun?: () => Promise<void>;
  /** Whatever goes wrong besides what the calls' own faults are is right again. */
  readonly mend: () => void;
  /** So much longer everything may take, in milliseconds. */
  readonly moreMs?: number;
}

/** Plays the schedule of a seed with a host whose steps fail. */
export function playSeed(
  seed: number,
  uncaught: Uncaught,
  trace: (line: string) => void = () => {},
): Promise<SeedResult> {
  const faults = new HostFaults();
  const world = new World(seed, trace, {
    agents: ['anna', 'ben', 'carl'],
    host: (host, here) => faultyHost(host, here, faults),
    isWanted: (error) => error instanceof PlannedFailure || isContactCenterError(error, 'command/timed-out'),
    isWantedLog: ({ code }) => code === 'channel/unavailable',
  });
  return play(seed, { world, actions: actionsWith(faults), mend: () => faults.clear() }, uncaught);
}

/** Calls pass from hand to hand while everything may fail, then all is mended, everybody is served, and all is closed. */
export async function play(
  seed: number,
  { world, actions, begun, mend, moreMs }: Play,
  uncaught: Uncaught,
): Promise<SeedResult> {
  uncaught();
  const watch = new HandoverWatch(world, moreMs);
  const random = seededRandom(`${seed}/handovers`);
  try {
    await begun?.();
    await begin(world);
    await happen(world, actions, watch, random);
    mend();
    mendCalls(world);
    await serve(world, watch);
    await end(world);
  } catch (error) {
    world.fail(`it could not be played: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  }
  for (const error of uncaught())
    world.fail(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { seed, failures: world.failures, counts: Object.fromEntries(world.counts) };
}

async function begin(world: World): Promise<void> {
  for (const agent of world.agents) world.openTab(agent);
  await world.clock.advance(1_000);
  for (const { tabs } of world.agents)
    for (const tab of tabs) tab.give('available', () => tab.client.agent.setAvailability({ kind: 'available' }));
  await world.clock.advance(1_000);
}

/** The first call is in somebody's hands, so that there is something to hand over. */
async function answer(world: World): Promise<void> {
  const isOffered = ({ client }: Tab) => client.offers$.value.length > 0;
  await world.clock.runUntil(() => world.tabs.some(isOffered), 5_000).catch(() => {});
  for (const tab of world.tabs) for (const offer of tab.client.offers$.value) tab.give('accept', () => offer.accept());
  await world.clock.advance(1_000);
}

async function happen(
  world: World,
  actions: readonly Action[],
  watch: HandoverWatch,
  random: SeededRandom,
): Promise<void> {
  const steps = random.integer(8, 24);
  world.call();
  if (random.next() < 0.9) await answer(world);
  for (let step = 0; step < steps; step++) {
    const planned = draw(actions, world, random);
    if (planned !== undefined) {
      world.note(`> ${planned.words}`);
      planned.run();
    }
    watch.look();
    await pause(world, random);
    watch.look();
  }
}

/** Whatever was wrong is right again. */
function mendCalls(world: World): void {
  world.note('> all is mended');
  world.core.faults.calls.clear();
  for (const number of outside) world.core.phones.set(number, { reaction: 'answer', afterMs: 500 });
  for (const tab of world.tabs) {
    if (tab.status !== 'open') continue;
    tab.desk.restore();
    tab.calling.restore();
  }
}

/** Longest that it may take until everybody has been served, in milliseconds. */
const settleMs = 600_000;

/** All agents work as agents do, until nobody is left. */
async function serve(world: World, watch: HandoverWatch): Promise<void> {
  const until = world.elapsed + settleMs;
  while (world.elapsed < until && !isOver(world)) {
    for (const agent of world.agents) work(world, agent);
    // Two people outside talk for a while, and then hang up.
    for (const phone of world.core.phones.calls)
      if (outside.some((number) => number === phone.number) && world.elapsed > until - settleMs + 60_000)
        phone.hangUp();
    await world.clock.advance(500);
    watch.look();
  }
  for (const { number, phone } of world.callers)
    if (phone.state$.value.status !== 'ended') world.fail(`${number} is stranded: ${phone.state$.value.status}`);
  for (const matter of world.matters.values()) {
    for (const { id, status, reason = '' } of liveTasks(matter))
      world.fail(`the task ${id} of ${matter.caller ?? 'nobody'} hangs: ${status} (${reason})`);
    if (isPromised(matter)) world.fail(`${matter.caller ?? 'nobody'} waits for a call for ever`);
    if (matter.open) world.fail(`the channel of ${matter.caller ?? 'nobody'} is never closed`);
    for (const { id, status } of matter.consults.values())
      if (!['completed', 'cancelled', 'failed'].includes(status)) world.fail(`the consult ${id} hangs: ${status}`);
  }
}

function isOver(world: World): boolean {
  return (
    world.callers.every(({ phone }) => phone.state$.value.status === 'ended') &&
    [...world.matters.values()].every(
      (matter) =>
        !matter.open &&
        !isPromised(matter) &&
        [...matter.tasks.values()].every(({ record: { status } }) => status === 'closed' || status === 'cancelled'),
    )
  );
}

/** What a conscientious agent does at a glance at the screen. */
function work(world: World, agent: AgentHere): void {
  const here = atWork(world, agent);
  if (here === undefined) return;
  const { tab, once } = here;
  const { client } = tab;
  const [parked] = client.parked$.value;
  if (parked !== undefined) once('take parked', () => client.takeParked(parked.taskId));
  for (const task of tab.tasks) {
    if (task.status$.value === 'wrapping') once('wrap up', () => task.wrapUp.complete());
    if (task.status$.value === 'assigned') finish(world, agent, tab, once);
  }
}

function finish(
  world: World,
  { connectedSince }: AgentHere,
  tab: Tab,
  once: (what: string, run: () => Promise<unknown>) => void,
): void {
  for (const task of tab.tasks) {
    const voice = tab.voice(task);
    if (task.status$.value !== 'assigned' || voice === undefined) continue;
    const { status } = voice.state$.value;
    if (status === 'lost') once('rejoin', () => voice.rejoin());
    if (status !== 'connected' && status !== 'held') {
      connectedSince.delete(task.id);
      continue;
    }
    const since = connectedSince.get(task.id) ?? world.clock.now();
    connectedSince.set(task.id, since);
    if (world.clock.now() - since < 500) continue;
    const [consult] = task.consults$.value;
    if (consult !== undefined && task.can('cancelConsult').allowed) once('cancel', () => consult.cancel());
    else once('end', () => task.end());
  }
}

/** Everything is closed; nothing is left. */
async function end(world: World): Promise<void> {
  // Those whom agents have put together talk for as long as they like.
  for (const phone of world.core.phones.calls) phone.hangUp();
  await world.clock.advance(5_000);
  for (const { id, tabs } of world.agents) {
    const load = tabs.find((tab) => tab.usable && tab.signedIn)?.client.agent$.value?.state$.value.load;
    if (load !== undefined && (load.used !== 0 || load.tasks !== 0))
      world.fail(`${id} still carries ${JSON.stringify(load)}`);
  }
  for (const tab of world.tabs) tab.close();
  await world.clock.advance(40_000);
  for (const { tab, what } of world.given) world.fail(`${tab.name} never got an answer to ${what}`);
  const left = (what: string, count: number) => {
    if (count !== 0) world.fail(`${count} ${what} left`);
  };
  left('calls', world.core.calls.list().length);
  await world.server.close();
  world.core.close();
  await world.clock.advance(1_000);
  left('media legs', world.media.size);
  left('timers', world.clock.pending);
}
