import type { QueueStanding } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import { agent, contactCenter } from './contact-center';
import { begin, callCenter, deskWithPhone, inCall } from './scripted-calls';

const everyMinute = { announceEveryMs: 60_000 };

/** A host whose announcements last until they are told to end. */
function announcing() {
  const spoken: QueueStanding[] = [];
  const endings: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const announce = (_: unknown, standing: QueueStanding, signal: AbortSignal) => {
    spoken.push(standing);
    signals.push(signal);
    return new Promise<void>((resolve) => endings.push(resolve));
  };
  return { spoken, endings, signals, announce };
}

const plain = () => {
  const spoken: QueueStanding[] = [];
  return { spoken, announce: async (_: unknown, standing: QueueStanding) => void spoken.push(standing) };
};

describe('a waiting caller', () => {
  it('hears from time to time how the wait stands', async () => {
    const { spoken, announce } = plain();
    const { calls, center } = callCenter({ announce }, everyMinute);
    await inCall(center, calls, await deskWithPhone(center, 'ann'));
    await calls.phone();
    await calls.phone();
    await center.clock.advance(59_999);
    expect(spoken).toEqual([]);
    await center.clock.advance(1);
    const standing = { queueLength: 2, estimatedWaitMs: expect.any(Number) };
    expect(spoken).toEqual([
      { position: 1, ...standing },
      { position: 2, ...standing },
    ]);
    await center.clock.advance(120_000);
    expect(spoken).toHaveLength(6);
  });

  it('hears nothing unless that is asked for, or where the host cannot, nor of another interval than the queue’s', async () => {
    for (const [more, options, expected] of [
      [{}, {}, 0],
      [{ announce: undefined as never }, everyMinute, 0],
      [{}, { ...everyMinute, queues: [{ id: 'support', announceEveryMs: false as const }] }, 0],
      [{}, { queues: [{ id: 'support', announceEveryMs: 30_000 }] }, 4],
    ] as const) {
      const { calls, center } = callCenter(more, options);
      await calls.phone();
      await center.clock.advance(120_000);
      expect(calls.asked.filter((what) => what.startsWith('announce'))).toHaveLength(expected);
    }
  });

  it('hears no more once somebody takes the call: what is being said is cut short', async () => {
    const { spoken, signals, announce } = announcing();
    const { calls, center } = callCenter({ announce }, everyMinute);
    await calls.phone();
    await center.clock.advance(60_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    const ann = await deskWithPhone(center, 'ann');
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(calls.asked).toEqual(['join']);
    await center.clock.advance(19_000);
    calls.ring.answer();
    await center.clock.advance(300_000);
    expect(spoken).toHaveLength(1);
  });

  it('hears of it again when the call is back in the queue, but not while it is parked', async () => {
    const { spoken, announce } = plain();
    const { calls, center } = callCenter({ announce }, everyMinute);
    const ann = await deskWithPhone(center, 'ann');
    const { taskId } = await inCall(center, calls, ann);
    await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    await ann.do('task/park', { taskId });
    await center.clock.advance(180_000);
    expect(spoken).toEqual([]);
    await center.clock.advance(60_000);
    expect(spoken).toHaveLength(1);
  });

  it('is never told two things at once, however long one takes', async () => {
    const { spoken, endings, announce } = announcing();
    const { calls, center } = callCenter({ announce }, everyMinute);
    await calls.phone();
    await center.clock.advance(240_000);
    expect(spoken).toHaveLength(1);
    endings[0]?.();
    await center.clock.advance(60_000);
    expect(spoken).toHaveLength(2);
  });

  it('waits on when it fails, and hears the next one', async () => {
    for (const announce of [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no');
      },
    ]) {
      const faults: unknown[] = [];
      const { calls, center } = callCenter(
        { announce },
        { ...everyMinute, onError: (_, { hook }) => faults.push(hook) },
      );
      await calls.phone();
      await center.clock.advance(120_000);
      expect(faults).toEqual(['host.announce', 'host.announce']);
      const ann = await deskWithPhone(center, 'ann');
      expect(ann.offer.task.status).toBe('offered');
    }
  });

  it('who hangs up, or a server that closes, ends it', async () => {
    const { spoken, announce } = plain();
    const { calls, center } = callCenter({ announce }, everyMinute);
    const channelId = (await calls.phone()) ?? '';
    await calls.phone();
    calls.events.customerLeft(channelId, 'hung-up');
    await center.clock.advance(60_000);
    expect(spoken).toHaveLength(1);
    await center.server.close();
    expect(center.clock.pending).toBe(0);
  });

  it('is told of no wait before the call is there, nor in a chat, nor while somebody is to call back', async () => {
    const { spoken, announce } = plain();
    const { calls, center } = callCenter({ announce }, { ...everyMinute, queues: [{ id: 'support' }] });
    await center.start('Chad');
    await center.start('Cleo', { channel: 'voice' });
    const channelId = (await calls.phone({ phone: '+4915112345678' })) ?? '';
    calls.events.callbackWanted(channelId);
    await center.clock.advance(60_000);
    const ann = await deskWithPhone(center, 'ann');
    begin(ann, 'offer/decline', { offerId: ann.offer.id });
    await center.clock.advance(120_000);
    expect(spoken).toEqual([]);
  });
});

describe('the interval of announcements', () => {
  it('is at least a second', () => {
    const refused = { code: 'command/invalid' };
    expect(() => contactCenter({ announceEveryMs: 999 })).toThrow(expect.objectContaining(refused));
    const queues = [{ id: 'support', announceEveryMs: 0 }];
    expect(() => contactCenter({ queues }, [agent('ann')])).toThrow(
      expect.objectContaining({ ...refused, field: 'queues[0].announceEveryMs' }),
    );
    expect(() => contactCenter({ queues: [{ id: 'support', parkLimitMs: 0 }] })).toThrow(
      expect.objectContaining({ ...refused, field: 'queues[0].parkLimitMs' }),
    );
  });
});
