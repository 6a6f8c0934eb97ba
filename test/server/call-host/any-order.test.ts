import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Page } from '../../emulator/calls/call-bench';
import { channel, codeOf, expert, HostStage, person, ring } from './host-stage';

const kinds = [
  ...['join', 'join', 'accept', 'accept', 'leave', 'hang-up', 'drop', 'hold', 'hold-other', 'resume', 'resume-other'],
  ...[
    'add',
    'remove',
    'phone-up',
    'transfer',
    'release',
    'announce',
    'fail',
    'wait',
    'wait-long',
    'customer-up',
    'close',
  ],
] as const;

const step = fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(1), flag: fc.boolean() });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What happens to one call whose control fails now and then, while agents, phones and the customer do what they like. */
async function play(steps: readonly Step[]) {
  const stage = new HostStage();
  const { bench, host } = stage;
  const phone = await stage.waiting();
  const pages: Page[] = [await bench.page({ kind: 'tpeAgent' }), await bench.page({ kind: 'tpeAgent' })];
  const open = new Set<Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();
  let given = false;
  // As the server does it: one after the other, but for what ends something.
  const inTurn = (run: () => Promise<unknown> | undefined, overtakes = false) => {
    const done = overtakes ? codeOf(run()) : last.then(() => codeOf(run()));
    if (!overtakes) last = done;
    open.add(done);
    void done.then(() => open.delete(done));
    return done;
  };
  for (const { kind, who, flag } of steps) {
    const page = pages[who]!;
    const other = { acs: flag ? `4:${expert}` : pages[1 - who]!.user };
    if (kind === 'join') void inTurn(() => host.join(channel, person(page.user), ring(8_000)));
    if (kind === 'accept' && page.incoming !== undefined) {
      const { error } = await page.ask({ type: 'accept', callId: page.incoming.callId, muted: false });
      if (error === undefined) await page.media();
    }
    if (kind === 'leave') void inTurn(() => host.leave(channel, person(page.user)), true);
    if (kind === 'hang-up') await page.ask({ type: 'hang-up', callId: page.callId, forEveryone: false });
    if (kind === 'drop') {
      page.drop();
      pages[who] = await bench.page({ kind: 'tpeAgent', user: page.user });
    }
    if (kind === 'hold') void inTurn(() => host.hold!(channel));
    if (kind === 'hold-other') void inTurn(() => host.hold!(channel, other));
    if (kind === 'resume') void inTurn(() => host.resume!(channel));
    if (kind === 'resume-other') void inTurn(() => host.resume!(channel, other));
    if (kind === 'add') void inTurn(() => host.add!(channel, { phone: expert }));
    if (kind === 'remove') void inTurn(() => host.remove!(channel, other));
    if (kind === 'phone-up') bench.core.phones.latest(expert)?.hangUp();
    if (kind === 'transfer')
      void inTurn(() => host.transfer!(channel, { phone: '+491709' })).then((code) => (given ||= code === 'done'));
    if (kind === 'release') void inTurn(() => host.release!(channel)).then((code) => (given ||= code === 'done'));
    if (kind === 'announce') {
      const standing = { position: 1, queueLength: 1, estimatedWaitMs: 0 };
      void inTurn(() => host.announce!(channel, standing, new AbortController().signal), true);
    }
    if (kind === 'fail')
      stage.failing.set((['play', 'unhold', 'hold', 'remove', 'add'] as const)[who * 2 + Number(flag)]!, 1);
    if (kind === 'wait') await bench.clock.advance(1_500);
    if (kind === 'wait-long') await bench.clock.advance(12_000);
    if (kind === 'customer-up') phone.hangUp();
    if (kind === 'close') void inTurn(() => host.close(channel, person('x')), true);
    await bench.clock.advance(0);
  }
  await bench.clock.advance(130_000);
  return { stage, phone, open, given };
}

const runs = { numRuns: 200, seed: 11 };

test('whatever happens, every command comes to an end, and the customer is never left in silence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const { stage, phone, open } = await play(steps);
      expect(open.size).toBe(0);
      if (phone.state$.value.status === 'ended') return;
      // Somebody else may be on hold, or the customer: then it is with music.
      const alone = phone.hears().length === 0;
      const others = stage.bench.core.calls.list().flatMap(({ parties }) => parties);
      expect(alone && others.every(({ onHold }) => !onHold)).toBe(false);
    }),
    runs,
  );
}, 120_000);

test('whatever happens, the customer who goes is told once, and nobody stays behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const { stage, phone, given } = await play([...steps.filter(({ kind }) => kind !== 'close')]);
      const ended = phone.state$.value.status === 'ended';
      phone.hangUp();
      await stage.bench.clock.advance(130_000);
      const told = stage.told.filter(([what]) => what === 'customerLeft').length;
      if (given) expect(told).toBe(0);
      else expect(told).toBe(1);
      expect([ended, stage.bench.core.calls.list().filter(({ parties }) => parties.length > 1)]).toEqual([ended, []]);
    }),
    runs,
  );
}, 120_000);
