import { createHash } from 'node:crypto';
import { compare, copiesIn, isClean, type Losses } from './compare';
import { inflict } from './fault';
import type { Schedule } from './schedule';
import type { Side } from './side';
import type { TokenSource } from './token-source';
import { uncaughtErrors } from '../seeds/virtual-globals';
import type { World } from './world';

/** How a client came through a schedule. */
export interface Outcome extends Losses {
  /** Sends that were rejected, or still pending at the end. */
  readonly unsent: number;
  /** What they were rejected with. */
  readonly refusals: readonly string[];
  /** From the lifting of all faults until everything was right; undefined when it was not in time. */
  readonly healedMs: number | undefined;
  /** Errors that nobody caught. */
  readonly uncaught: readonly string[];
  readonly messages: number;
  /** Copies that were stored, and deleted by whoever had sent them. */
  readonly takenBack: number;
  /** Of everything that the emulator logged: the same for the same seed. */
  readonly digest: string;
}

const healLimitMs = 120_000;
/** A dead stream must be found, or made up for by a read, within this. */
const probeLimitMs = 60_000;
const stepMs = 500;

/** Lets `side` live through the schedule, lifts all faults, waits until it shows the truth, and sees whether it goes on. */
export async function play(schedule: Schedule, world: World, side: Side, tokens: TokenSource): Promise<Outcome> {
  const { clock, core, customer } = world;
  const started = clock.now();
  const sends: Sends = { pending: 0, refusals: [] };

  for (const action of schedule.actions) {
    await clock.advance(started + action.at - clock.now());
    if (action.type === 'fault') inflict(action.fault, world, tokens);
    else if (action.by === 'customer') void actAsCustomer(action, world);
    else actAsAgent(action, side, sends);
  }
  await clock.advance(started + schedule.endsAt - clock.now());
  core.faults.clear();
  tokens.restore();

  const lifted = clock.now();
  const isHealed = () => sends.pending === 0 && side.connected() && isClean(compare(side.shown(), world.truth()));
  while (!isHealed() && clock.now() - lifted < healLimitMs) await clock.advance(stepMs);
  const healedMs = isHealed() ? clock.now() - lifted : undefined;

  void customer.send('probe');
  const asked = clock.now();
  const probed = () => side.shown().some(({ text }) => text === 'probe');
  while (!probed() && clock.now() - asked < probeLimitMs) await clock.advance(stepMs);
  const outcome = {
    ...compare(side.shown(), world.truth()),
    unsent: sends.pending + sends.refusals.length,
    refusals: sends.refusals,
    healedMs,
    messages: world.truth().length,
    takenBack: copiesIn(world.truth()).filter(({ deletedAt }) => deletedAt !== undefined).length,
    digest: createHash('sha256').update(JSON.stringify(core.log())).digest('hex').slice(0, 16),
  };
  // The bare client may be in no state to stop.
  side.close().catch(() => {});
  await clock.advance(10_000);
  world.close();
  return { ...outcome, uncaught: uncaughtErrors().map(describe) };
}

interface Sends {
  pending: number;
  readonly refusals: string[];
}

type TalkAction = Exclude<Schedule['actions'][number], { readonly type: 'fault' }>;

async function actAsCustomer(action: TalkAction, { customer, core }: World): Promise<void> {
  if (action.type === 'send') return customer.send(action.text);
  const deleted = new Set(
    core.snapshot().threads.flatMap(({ messages }) => messages.flatMap(({ id, deletedAt }) => (deletedAt ? [id] : []))),
  );
  const id = choose(
    customer.sent.filter((sent) => !deleted.has(sent)),
    action.pick,
  );
  if (id === undefined) return;
  await (action.type === 'edit' ? customer.edit(id, action.text) : customer.delete(id));
}

function actAsAgent(action: TalkAction, side: Side, sends: Sends): void {
  if (action.type === 'send') {
    sends.pending += 1;
    side
      .send(action.text)
      .catch((error: unknown) => sends.refusals.push(describe(error)))
      .finally(() => (sends.pending -= 1));
    return;
  }
  const message = choose(side.own(), action.pick);
  if (message === undefined) return;
  // Changes may fail visibly; the truth is what the service holds.
  const change = action.type === 'edit' ? side.edit(message, action.text) : side.delete(message);
  change.catch(() => {});
}

function choose(among: readonly string[], pick: number): string | undefined {
  return among[Math.floor(pick * among.length)];
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
