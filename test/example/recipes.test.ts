import {
  createLive,
  type Clock,
  type MessageItem,
  type Participant,
  type Timeline,
  type TimelineItem,
} from 'onescreen';
import { virtualClock } from 'onescreen/testing';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { answerAlarm } from '../../examples/recipes/answer-alarm';
import { messagesFromOthers } from '../../examples/recipes/customer-messages';
import { iterate } from '../../examples/recipes/iterate';

function timelineOf(items: readonly TimelineItem[], read: () => void = () => {}): Timeline {
  return {
    length: items.length,
    at: (index) => {
      read();
      return items.at(index);
    },
    slice: (from, to) => items.slice(from, to),
    [Symbol.iterator]: () => items[Symbol.iterator](),
  };
}

function message(id: string, direction: MessageItem['direction'], at = 0): MessageItem {
  const source = { source: 'chat', channelId: 'chat', seq: 0, version: 1 };
  return { kind: 'message', id, at: new Date(at), ...source, direction, text: id, state: 'sent' };
}

const note: TimelineItem = {
  kind: 'note',
  id: 'note',
  at: new Date(0),
  source: 'log',
  seq: 1,
  text: 'n',
  by: { kind: 'agent', id: 'ann' },
};

describe('messages of the other side', () => {
  it('come once each, with those of history, and without those of this side', () => {
    const timeline = createLive(timelineOf([message('b', 'in')]));
    const told: string[] = [];
    messagesFromOthers(timeline.live).subscribe(({ id }) => told.push(id));
    timeline.set(timelineOf([message('b', 'in'), note, message('c', 'out'), message('d', 'in')]));
    timeline.set(timelineOf([message('a', 'in'), message('b', 'in'), note, message('c', 'out'), message('d', 'in')]));
    expect(told).toEqual(['b', 'd', 'a']);
  });

  it('come also after something was taken out', () => {
    const timeline = createLive(timelineOf([message('a', 'in'), message('b', 'out')]));
    const told: string[] = [];
    messagesFromOthers(timeline.live).subscribe(({ id }) => told.push(id));
    timeline.set(timelineOf([message('a', 'in')]));
    timeline.set(timelineOf([message('a', 'in'), message('c', 'in')]));
    expect(told).toEqual(['a', 'c']);
  });

  it('cost two looks at the end of a long timeline', () => {
    const long = Array.from({ length: 10_000 }, (_, index) => message(`m${index}`, 'in'));
    const timeline = createLive(timelineOf(long));
    messagesFromOthers(timeline.live).subscribe();
    let looks = 0;
    timeline.set(timelineOf([...long, message('new', 'in')], () => looks++));
    expect(looks).toBe(2);
  });
});

describe('an alarm for messages without an answer', () => {
  it('goes on when the first of them has waited, and off with the answer', async () => {
    const clock = virtualClock(0);
    const { timeline, alarms } = watched(clock);
    timeline.set(timelineOf([by('maria', 0)]));
    await clock.advance(50_000);
    timeline.set(timelineOf([by('maria', 0), by('maria', 50_000)]));
    await clock.advance(20_000);
    timeline.set(timelineOf([by('maria', 0), by('maria', 50_000), by('ada', 70_000)]));
    await clock.advance(100_000);
    expect(alarms).toEqual(['0 false', '60000 true', '70000 false']);
  });

  it('goes off with the answer of a colleague, and for no bot, no failed message and none that is still to be sent', async () => {
    const clock = virtualClock(0);
    const { timeline, alarms } = watched(clock);
    const unanswered = [
      by('maria', 0),
      by('helper', 1),
      by('ada', 2, { state: 'failed' }),
      by('ada', 3, { state: 'queued' }),
    ];
    timeline.set(timelineOf(unanswered));
    await clock.advance(60_000);
    expect(alarms).toEqual(['0 false', '60000 true']);
    timeline.set(timelineOf([...unanswered, by('bob', 60_000)]));
    expect(alarms).toEqual(['0 false', '60000 true', '60000 false']);
  });

  it('leaves out what was left unanswered in an earlier conversation', async () => {
    const clock = virtualClock(0);
    const { timeline, alarms } = watched(clock);
    timeline.set(timelineOf([by('maria', 0, { source: 'previous/c-1' })]));
    await clock.advance(100_000);
    expect(alarms).toEqual(['0 false']);
  });

  function watched(clock: Clock) {
    const timeline = createLive(timelineOf([]));
    const roles = { maria: 'customer', ada: 'agent', bob: 'expert', helper: 'bot' } as const;
    const participants = Object.entries(roles).map(([id, role]) => {
      return { id, role, displayName: id, present: true, providerRefs: {} };
    });
    const alarms: string[] = [];
    const conversation = {
      timeline$: timeline.live,
      participants$: createLive<readonly Participant[]>(participants).live,
    };
    answerAlarm(conversation, { afterMs: 60_000, clock }).subscribe((on) => alarms.push(`${clock.now()} ${on}`));
    return { timeline, alarms };
  }

  function by(from: string, at: number, more: Partial<MessageItem> = {}): MessageItem {
    return { ...message(`${from}/${at}`, from === 'ada' ? 'out' : 'in', at), from, ...more };
  }
});

describe('a stream read with for await', () => {
  it('gives a slow consumer of state the newest value only', async () => {
    const state = createLive(1);
    const read: number[] = [];
    for await (const value of iterate(state.live, { keep: 'latest' })) {
      read.push(value);
      if (value === 1) [2, 3, 4].forEach((next) => state.set(next));
      if (value === 4) state.complete();
    }
    expect(read).toEqual([1, 4]);
  });

  it('keeps all that it can, in order, and fails rather than lose one', async () => {
    const source = new Subject<number>();
    const read: number[] = [];
    const reading = (async () => {
      for await (const value of iterate(source, { keep: 'all', most: 3 })) {
        read.push(value);
        if (value === 0) [1, 2, 3, 4].forEach((next) => source.next(next));
      }
    })();
    source.next(0);
    await expect(reading).rejects.toThrow('unable to keep up; 3 values wait already');
    expect(read).toEqual([0, 1, 2, 3]);
  });

  it('is left at once, also while it waits for the next value', async () => {
    const source = new Subject<number>();
    const steps = iterate(source, { keep: 'latest' });
    const next = steps.next();
    expect(source.observed).toBe(true);
    expect(await steps.return()).toEqual({ done: true, value: undefined });
    expect([await next, source.observed]).toEqual([{ done: true, value: undefined }, false]);
    const never = iterate(source, { keep: 'latest' });
    await never.return();
    expect([await never.next(), source.observed]).toEqual([{ done: true, value: undefined }, false]);
  });

  it('is left by break, and ends with the stream or its error', async () => {
    const source = new Subject<number>();
    const first = iterate(source, { keep: 'all', most: 2 });
    const value = first.next();
    source.next(7);
    expect(await value).toEqual({ done: false, value: 7 });
    await first.return();
    expect(source.observed).toBe(false);
    const second = iterate(source, { keep: 'all', most: 2 }).next();
    source.error(new Error('over'));
    await expect(second).rejects.toThrow('over');
  });
});
