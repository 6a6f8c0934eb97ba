import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { createServer } from 'onescreen/server';
import {
  inProcessFetch,
  inProcessSocket,
  scriptedCustomers,
  seededRandom,
  virtualClock,
  type CustomerOutcome,
  type ScriptedCustomersOptions,
} from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

/** Customers of a contact center in which nobody works. */
function customers(options: Partial<ScriptedCustomersOptions> = {}) {
  const clock = virtualClock(0);
  const server = createServer({ authenticate: () => undefined, queues: [{ id: 'support' }], clock });
  const outcomes: CustomerOutcome[] = [];
  const scripted = scriptedCustomers({
    start: (chat) =>
      new CustomerClient({
        server: 'http://shop.test',
        providers: [serverChat()],
        environment: { clock, socket: inProcessSocket(server, clock) },
        fetch: inProcessFetch(server),
        storage: null,
      }).start(chat),
    clock,
    random: seededRandom('visitors'),
    everyMs: [10_000, 20_000],
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  });
  return { clock, scripted, outcomes };
}

describe('scriptedCustomers', () => {
  it('sends nobody before it is switched on, nor after it is switched off', async () => {
    const { clock, scripted } = customers();
    await clock.advance(60_000);
    expect([scripted.isOn, scripted.arrived]).toEqual([false, 0]);
    scripted.on();
    scripted.on();
    await clock.advance(60_000);
    const { arrived } = scripted;
    expect(arrived).toBeGreaterThanOrEqual(3);
    expect(arrived).toBeLessThanOrEqual(6);
    scripted.off();
    await clock.advance(60_000);
    expect([scripted.isOn, scripted.arrived, scripted.present]).toEqual([false, arrived, arrived]);
    await scripted.close();
  });

  it('lets customers leave when nobody comes, and says so', async () => {
    const script = { displayName: 'Grace', opening: 'anybody?', replies: ['ah'], patienceMs: 120_000 };
    const { clock, scripted, outcomes } = customers({ scripts: [script], limit: 1 });
    scripted.on();
    await clock.advance(600_000);
    expect(outcomes).toEqual([
      {
        displayName: 'Grace',
        conversationId: expect.any(String),
        result: 'unserved',
        reason: 'customer-left',
        arrivedAt: expect.any(Number),
        written: 1,
        received: 0,
      },
    ]);
    expect([scripted.present, scripted.isOn]).toEqual([0, false]);
  });

  it('keeps no more customers there at once than it may', async () => {
    const { clock, scripted } = customers({ atOnce: 2 });
    scripted.on();
    await clock.advance(300_000);
    expect(scripted.present).toBe(2);
    await scripted.close();
    expect([scripted.present, scripted.arrived]).toEqual([0, 2]);
  });

  it('reports a chat that could not be started', async () => {
    const start = () => Promise.reject(new Error('no server'));
    const { clock, scripted, outcomes } = customers({ start, limit: 1 });
    scripted.on();
    await clock.advance(60_000);
    expect(outcomes).toMatchObject([{ result: 'unserved', reason: 'command/failed', written: 0 }]);
  });

  it('closes every page, and leaves nothing scheduled of its own', async () => {
    const { clock, scripted, outcomes } = customers();
    scripted.on();
    await clock.advance(120_000);
    const { present } = scripted;
    await scripted.close();
    expect(outcomes.slice(-present).map(({ reason }) => reason)).toEqual(new Array(present).fill('closed'));
    const { arrived } = scripted;
    await clock.advance(3_600_000);
    expect([scripted.present, scripted.arrived, clock.pending]).toEqual([0, arrived, 0]);
  });
});
