import type { PhoneCall } from 'onescreen/emulator';
import { seededRandom, type SeededRandom } from 'onescreen/testing';
import { expect, onTestFinished, test } from 'vitest';
import { demoAgents, developmentToken } from '../../examples/one-screen/development-sign-in';
import { phoneNumber } from '../../examples/one-screen/server/contact-center';
import type { CalmPage } from './calm-page';
import { setCallStage, type CallStage } from './call-stage';
import type { DeskHands, DeskState } from './pages/desk';

/** Schedules, one after the other, with real pages, media and time. `CALL_RACE_SEED=n` plays one again. */
const schedules = 50;
const only = process.env['CALL_RACE_SEED'];
const seeds = only === undefined ? Array.from({ length: schedules }, (_, index) => index + 1) : [Number(only)];

/** Errors that a command may end with in a race; anything else is a fault. */
const expected =
  /^(ok|nothing|offer\/|task\/|call\/|command\/(not-allowed|timed-out|aborted|conflict)|channel\/|agent\/unreachable|phone\/)/;

type Command = Exclude<keyof DeskHands, 'state'>;

class DeskPage {
  readonly #calm: CalmPage;

  constructor(calm: CalmPage) {
    this.#calm = calm;
  }

  get page() {
    return this.#calm.page;
  }

  async ready(): Promise<this> {
    await this.page.waitForFunction(() => 'desk' in window);
    await this.page.mouse.click(5, 5);
    return this;
  }

  /** Gone with its page, a command has no answer. */
  run(command: Command): Promise<string> {
    return this.page.evaluate((name) => window.desk[name](), command).catch(() => 'nothing');
  }

  state(): Promise<DeskState> {
    return this.page.evaluate(() => window.desk.state());
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  expectCalm(): void {
    // A page whose signalling is cut tries again, and Chromium says so.
    this.#calm.expectCalm(/WebSocket connection|ERR_CONNECTION/);
  }
}

/** Two tabs of one agent in one browser, and the page of another agent. */
async function openDesks(stage: CallStage): Promise<readonly DeskPage[]> {
  const address = (agent: 'ada' | 'grace') => {
    const token = developmentToken(demoAgents[agent === 'ada' ? 0 : 1]);
    const query = { server: stage.url, emulator: stage.demo.emulator?.endpoint ?? '', token };
    return `/desk.html?${new URLSearchParams(query).toString()}`;
  };
  const ada = await new DeskPage(await stage.openPage(address('ada'))).ready();
  const second = await new DeskPage(await stage.openPage(address('ada'), { beside: ada.page })).ready();
  const grace = await new DeskPage(await stage.openPage(address('grace'))).ready();
  return [ada, second, grace];
}

/** Something happens somewhere, now. Resolves at once but for what must not overlap. */
function act(stage: CallStage, desks: readonly DeskPage[], phones: readonly PhoneCall[], random: SeededRandom) {
  const answers: Promise<string>[] = [];
  const desk = random.pick(desks);
  const on = (command: Command) => () => void answers.push(desk.run(command));
  const faults = stage.emulator.faults.calls;
  const what = random.pick<() => void | Promise<void>>([
    ...Array.from({ length: 5 }, () => on('accept')),
    () => desks.forEach((one) => answers.push(one.run('accept'))),
    on('decline'),
    on('hangUp'),
    on('hold'),
    on('resume'),
    on('mute'),
    on('rejoin'),
    on('rejoin'),
    on('takeOver'),
    on('available'),
    on('complete'),
    () => random.pick(phones).hangUp(),
    () => void faults.dropSignalling(),
    () => faults.loseContexts(1),
    () => faults.loseRings(1),
    () => desk.reload(),
  ]);
  return { done: what(), answers };
}

/** No call with two agents in it, whatever happens. */
function expectOneAgentAtMost(stage: CallStage): void {
  for (const { parties } of stage.emulator.calls.list()) {
    const agents = parties.filter(({ kind, status }) => kind === 'client' && status === 'connected');
    expect(new Set(agents.map(({ rawId }) => rawId)).size).toBeLessThanOrEqual(1);
  }
}

/** Agents work on until every caller has been served or has given up, and all is as before. */
async function serveAll(stage: CallStage, desks: readonly DeskPage[], phones: readonly PhoneCall[]): Promise<void> {
  const step = async () => {
    const serve = async (desk: DeskPage) => {
      for (const command of ['available', 'accept', 'resume', 'rejoin', 'complete'] as const) {
        expect(await desk.run(command)).toMatch(expected);
      }
    };
    await Promise.all(desks.map(serve));
    for (const { parties } of stage.emulator.calls.list()) {
      if (!parties.some(({ kind, status }) => kind === 'client' && status === 'connected')) continue;
      for (const { id } of parties) phones.find((phone) => phone.id === id)?.hangUp();
    }
    expectOneAgentAtMost(stage);
    const states = await Promise.all(desks.map((desk) => desk.state()));
    const open = phones.filter(({ state$ }) => state$.value.status !== 'ended').length;
    return { open, calls: stage.emulator.calls.list().length, states };
  };
  const idle = { offers: 0, tasks: [], available: true, openConnections: 0 };
  await expect
    .poll(step, { timeout: 60_000, interval: 50 })
    .toMatchObject({ open: 0, calls: 0, states: desks.map(() => idle) });
}

test(
  'in 50 schedules in real pages calls have a defined end, one agent at most, and leave no connection',
  { timeout: 1_200_000 },
  async () => {
    const stage = await setCallStage({
      queue: { ringTimeoutMs: 3_000, offerTtlMs: 4_000, wrapUp: { required: false, dispositions: [] } },
      grace: { offersMs: 1_000, tasksMs: 3_000 },
    });
    onTestFinished(() => stage.close());
    const desks = await openDesks(stage);
    let served = 0;
    let gaveUp = 0;
    for (const seed of seeds) {
      const random = seededRandom(`call races ${seed}`);
      const phones: PhoneCall[] = [];
      const call = () =>
        phones.push(
          stage.emulator.phones.callFrom(`+491510000${String(phones.length).padStart(4, '0')}`, { to: phoneNumber }),
        );
      try {
        for (const desk of desks) await desk.run('available');
        call();
        for (let step = 0; step < 6; step++) {
          if (phones.length < 2 && random.next() < 0.3) call();
          const { done, answers } = act(stage, desks, phones, random);
          await done;
          await new Promise((resolve) => setTimeout(resolve, random.next() * 400));
          expectOneAgentAtMost(stage);
          for (const answer of answers) void answer.then((code) => expect(code).toMatch(expected));
        }
        stage.emulator.faults.calls.clear();
        gaveUp += phones.filter(({ state$ }) => state$.value.status === 'ended').length;
        served += phones.filter(({ state$ }) => state$.value.status !== 'ended').length;
        await serveAll(stage, desks, phones);
      } catch (cause) {
        throw new Error(`schedule ${seed} failed; CALL_RACE_SEED=${seed} plays it again`, { cause });
      }
    }
    for (const desk of desks) desk.expectCalm();
    console.log(`${seeds.length} schedules in real pages: ${served} callers served at the end, ${gaveUp} done before`);
    expect(served).toBeGreaterThan(0);
  },
);
