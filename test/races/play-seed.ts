import { seededRandom, type SeededRandom } from 'onescreen/testing';
import type { Uncaught } from '../seeds/real-world';
import type { SeedResult } from '../seeds/seed-result';
import { actions } from './actions';
import { atWork } from './at-work';
import { draw } from './plan';
import type { Tab } from './tab';
import { Watch } from './watch';
import { World, type AgentHere } from './world';

/** Plays the schedule of a seed: things happen, then all is mended, everybody is served, and all is closed. */
export async function playSeed(
  seed: number,
  uncaught: Uncaught,
  trace: (line: string) => void = () => {},
): Promise<SeedResult> {
  uncaught();
  const world = new World(seed, trace);
  const watch = new Watch(world);
  const random = seededRandom(`${seed}/schedule`);
  try {
    await begin(world);
    await happen(world, watch, random);
    mend(world);
    await serve(world, watch);
    checkEnds(world);
    await probe(world, watch, seed % 3 === 0);
    await end(world);
  } catch (error) {
    world.fail(`it could not be played: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  }
  for (const error of uncaught())
    world.fail(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { seed, failures: world.failures, counts: Object.fromEntries(world.counts) };
}

/** One agent with one tab, one with two; both are ready for calls. */
async function begin(world: World): Promise<void> {
  const [anna, ben] = world.agents;
  if (anna === undefined || ben === undefined) throw new Error('there are no agents');
  for (const agent of [anna, ben, ben]) world.openTab(agent);
  await world.clock.advance(1_000);
  for (const { tabs } of world.agents) {
    const [tab] = tabs;
    tab?.give('available', () => tab.client.agent.setAvailability({ kind: 'available' }));
  }
  await world.clock.advance(1_000);
}

async function happen(world: World, watch: Watch, random: SeededRandom): Promise<void> {
  const steps = random.integer(8, 30);
  for (let step = 0; step < steps; step++) {
    const planned = step === 0 ? undefined : draw(actions, world, random);
    if (step === 0) world.call();
    if (planned !== undefined) {
      world.note(`> ${planned.words}`);
      planned.run();
    }
    watch.look();
    await pause(world, random);
    watch.look();
  }
}

/** Often none at all, often until the next frames have travelled, at times a window's length. */
export async function pause(world: World, random: SeededRandom): Promise<void> {
  const chance = random.next();
  if (chance < 0.25) return;
  if (chance < 0.3) return world.clock.advance(0);
  if (chance < 0.65) return frames(world, random.integer(1, 6));
  if (chance < 0.8) return world.clock.advance(random.integer(1, 80));
  if (chance < 0.95) return world.clock.advance(random.integer(100, 3_000));
  await world.clock.advance(random.integer(3_000, 12_000));
}

async function frames(world: World, count: number): Promise<void> {
  const wanted = world.frames + count;
  // Nothing may come: then time has passed.
  await world.clock.runUntil(() => world.frames >= wanted, 5_000).catch(() => {});
}

/** Whatever was wrong is right again. */
function mend(world: World): void {
  world.note('> all is mended');
  world.core.faults.calls.clear();
  world.slowJoins.length = 0;
  for (const agent of world.agents) agent.tokensRefused = false;
  for (const tab of world.tabs) {
    if (tab.status !== 'open') continue;
    tab.thaw();
    tab.desk.restore();
    tab.calling.restore();
  }
}

/** Longest that it may take until everybody has been served, in milliseconds. */
const settleMs = 300_000;

/** Longest that it may take until both phones are ready again; the calling package tries again every 60 s at most. */
const readyMs = 90_000;

/** Both agents work as agents do, until nobody is left. */
async function serve(world: World, watch: Watch): Promise<void> {
  const until = world.elapsed + settleMs;
  while (world.elapsed < until) {
    for (const agent of world.agents) work(world, agent);
    await world.clock.advance(500);
    watch.look();
    if (isOver(world)) return;
  }
  for (const { number, phone } of world.callers)
    if (phone.state$.value.status !== 'ended') world.fail(`${number} is stranded: ${phone.state$.value.status}`);
  for (const { caller, statuses, reasons, open } of world.matters.values())
    if (open || !isFinal(statuses.at(-1)))
      world.fail(`the task of ${caller ?? 'nobody'} hangs: ${statuses.join(' ')} (${reasons.at(-1) ?? ''})`);
}

function isFinal(status: string | undefined): boolean {
  return status === 'closed' || status === 'cancelled';
}

function isOver(world: World): boolean {
  return (
    world.callers.every(({ phone }) => phone.state$.value.status === 'ended') &&
    [...world.matters.values()].every(({ open, statuses }) => !open && isFinal(statuses.at(-1)))
  );
}

/** What a conscientious agent does at a glance at the screen. */
function work(world: World, agent: AgentHere): void {
  const here = atWork(world, agent);
  if (here === undefined) return;
  const { tab, once } = here;
  const { connectedSince } = agent;
  for (const task of tab.tasks) {
    const status = task.status$.value;
    if (status === 'wrapping') once('wrap up', () => task.wrapUp.complete());
    const voice = tab.voice(task);
    if (status !== 'assigned' || voice === undefined) continue;
    const { status: call } = voice.state$.value;
    if (call === 'lost') once('rejoin', () => voice.rejoin());
    if (call !== 'connected' && call !== 'held') {
      connectedSince.delete(task.id);
      continue;
    }
    const since = connectedSince.get(task.id) ?? world.clock.now();
    connectedSince.set(task.id, since);
    if (world.clock.now() - since >= 500) once('end', () => task.end());
  }
}

/** Every customer has come to a defined end. */
function checkEnds(world: World): void {
  for (const caller of world.callers) {
    const matter = world.matterOf(caller);
    if (matter === undefined) {
      // Gone before the call was answered, or rung in vain.
      if (!caller.gaveUp && world.lostRings === 0) world.fail(`${caller.number} was never heard of`);
      world.count(caller.gaveUp ? 'end: gave up before the queue' : 'end: the ring was lost');
      continue;
    }
    const last = matter.statuses.at(-1);
    if (last === 'closed' && !caller.talked) world.fail(`${caller.number}'s task is closed and nobody has talked`);
    if (last === 'cancelled' && !caller.gaveUp && world.deniedCalls === 0)
      world.fail(`${caller.number}'s task was cancelled: ${matter.reasons.at(-1) ?? ''}`);
    world.count(`end: ${last ?? 'none'}${caller.talked ? ', talked' : ''}${caller.gaveUp ? ', hung up' : ''}`);
    checkHands(world, matter.statuses, caller.number);
  }
}

const before: Readonly<Record<string, readonly string[]>> = {
  queued: ['queued', 'offered', 'assigned', 'none'],
  offered: ['queued', 'offered'],
  assigned: ['offered'],
  wrapping: ['assigned'],
  completed: ['wrapping'],
  closed: ['wrapping', 'completed'],
  cancelled: ['queued', 'offered', 'assigned'],
};

/** A task is in one hand at a time, and passes from hand to hand by the queue. */
function checkHands(world: World, statuses: readonly string[], number: string): void {
  let last = 'none';
  for (const status of statuses) {
    if (!(before[status] ?? []).includes(last)) world.fail(`the task of ${number} went from ${last} to ${status}`);
    last = status;
  }
}

/** Calls can reach every agent again, soon after all was mended. */
async function ready(world: World, watch: Watch): Promise<void> {
  const isReady = ({ tabs }: AgentHere) =>
    tabs.some((tab) => tab.usable && tab.signedIn && tab.client.readiness$.value.ready);
  const until = world.elapsed + readyMs;
  while (world.elapsed < until && !world.agents.every(isReady)) {
    for (const agent of world.agents) work(world, agent);
    await world.clock.advance(500);
    watch.look();
  }
  for (const agent of world.agents) {
    if (isReady(agent)) continue;
    const why = agent.tabs.filter(({ usable }) => usable).map((tab) => `${tab.name}: ${readinessOf(tab)}`);
    world.fail(`${agent.id} does not get ready again: ${why.join('; ')}`);
  }
  // The control plane is told within 2 s; calls that ended while a phone was away are known to have after 3 s.
  await world.clock.advance(5_000);
}

/** Both agents have their whole capacity back; `wholly`: two more calls at once go to one each. */
async function probe(world: World, watch: Watch, wholly: boolean): Promise<void> {
  await world.clock.advance(2_000);
  await ready(world, watch);
  for (const { id, tabs } of world.agents) {
    const load = tabs.find((tab) => tab.usable && tab.signedIn)?.client.agent$.value?.state$.value.load;
    if (load?.used !== 0 || load.tasks !== 0) world.fail(`${id} still carries ${JSON.stringify(load)}`);
  }
  // What it takes is spent where it tells most.
  if (!wholly) return;
  const two = [world.call(), world.call()];
  const start = world.elapsed;
  await serve(world, watch);
  if (two.some(({ talked }) => !talked)) world.fail('a last call was not served');
  const agents = new Set(two.map((caller) => world.matterOf(caller)?.agentId));
  if (agents.size < 2) world.fail(`both last calls went to ${[...agents].join()}`);
  if (world.elapsed - start > 60_000) world.fail(`two last calls took ${world.elapsed - start} ms`);
}

/** For reading traces. */
function readinessOf({ client, signedIn }: Tab): string {
  const { ready, terms } = client.readiness$.value;
  if (!signedIn) return 'not signed in';
  const missing = Object.entries(terms).flatMap(([name, term]) => (term.ok ? [] : [`${name}: ${term.reason}`]));
  return `${client.tabs.state$.value.leading ? 'leads, ' : ''}${ready ? 'ready' : missing.join(', ')}`;
}

/** Everything is closed; nothing is left. */
async function end(world: World): Promise<void> {
  for (const tab of world.tabs) tab.close();
  await world.clock.advance(40_000);
  for (const { tab, what } of world.given) world.fail(`${tab.name} never got an answer to ${what}`);
  const left = (what: string, count: number) => {
    if (count !== 0) world.fail(`${count} ${what} left`);
  };
  left('pages registered', world.core.calls.pages().length);
  left('calls', world.core.calls.list().length);
  await world.server.close();
  world.core.close();
  await world.clock.advance(1_000);
  left(
    'peers',
    world.tabs.reduce((sum, { peers }) => sum + peers.live, 0),
  );
  left(
    'misuses of peers',
    world.tabs.reduce((sum, { peers, status }) => sum + (status === 'gone' ? 0 : peers.misuse.length), 0),
  );
  left(
    'microphones',
    world.tabs.reduce((sum, { devices }) => sum + devices.openMicrophones.length, 0),
  );
  left('media legs', world.media.size);
  left(
    'websockets',
    world.tabs.reduce((sum, { calling }) => sum + calling.open, 0),
  );
  left('timers', world.clock.pending);
  left('misuses of media', world.media.misuse.length);
  for (const tab of world.tabs) for (const error of tab.errors) world.fail(`a listener threw ${String(error)}`);
}
