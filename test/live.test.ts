import { combine, createLive, select, type Live } from 'onescreen';
import { config } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('Live', () => {
  it('hands the current value to each new subscriber and emits only changes of identity', () => {
    const source = createLive(1);
    const seen: number[] = [];
    source.live.subscribe((value) => seen.push(value));
    source.set(1);
    source.set(2);
    expect(seen).toEqual([1, 2]);
    const late: number[] = [];
    source.live.subscribe((value) => late.push(value));
    expect(late).toEqual([2]);
  });

  it('completes its subscribers, tells late ones the last value, and ignores later writes', () => {
    const source = createLive('a');
    const seen: string[] = [];
    source.live.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('done') });
    source.complete();
    source.set('b');
    source.live.subscribe({ next: (value) => seen.push(`late ${value}`), complete: () => seen.push('late done') });
    expect(seen).toEqual(['a', 'done', 'late a', 'late done']);
  });

  it('shows nobody an older value after a newer one when a subscriber writes', () => {
    const source = createLive(0);
    const seen: number[] = [];
    source.live.subscribe((value) => {
      if (value === 1) source.set(2);
    });
    source.live.subscribe((value) => seen.push(value));
    source.set(1);
    expect(seen).toEqual([0, 2]);
  });

  it('forgets a subscriber who has left', () => {
    const source = createLive(0);
    const seen: number[] = [];
    source.live.subscribe((value) => seen.push(value)).unsubscribe();
    source.set(1);
    expect(seen).toEqual([0]);
  });
});

describe('select', () => {
  it('keeps the identity of its result while `same` holds, read or subscribed', () => {
    const source = createLive({ list: [1, 2], other: 0 });
    const even = select(
      source.live,
      ({ list }) => list.filter((n) => n % 2 === 0),
      (a, b) => a.join() === b.join(),
    );
    const seen: (readonly number[])[] = [];
    even.subscribe((value) => seen.push(value));
    const before = even.value;
    source.set({ list: [1, 2], other: 1 });
    expect(even.value).toBe(before);
    expect(seen).toEqual([[2]]);
    source.set({ list: [2, 4], other: 1 });
    expect(seen).toEqual([[2], [2, 4]]);
  });

  it.each(['read', 'subscribed'])('is computed once for each value of its source, undefined too (%s)', (how) => {
    const source = createLive<readonly number[]>([1, 2, 3]);
    let computed = 0;
    const four = select(source.live, (list) => {
      computed++;
      return list.find((n) => n === 4);
    });
    if (how === 'subscribed') four.subscribe();
    expect([four.value, four.value, four.value]).toEqual([undefined, undefined, undefined]);
    expect(computed).toBe(1);
    source.set([4]);
    expect([four.value, four.value]).toEqual([4, 4]);
    expect(computed).toBe(2);
  });

  it('completes with its source', () => {
    const source = createLive(1);
    let done = false;
    select(source.live, (n) => n + 1).subscribe({ complete: () => (done = true) });
    source.complete();
    expect(done).toBe(true);
  });
});

describe('combine', () => {
  it('is computed from all its sources, starts once, and completes after the last of them', () => {
    const a = createLive(1);
    const b = createLive(10);
    const sum = combine([a.live, b.live], () => a.value + b.value);
    const seen: (number | string)[] = [];
    sum.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('done') });
    a.set(2);
    b.set(20);
    a.complete();
    expect(seen).toEqual([11, 12, 22]);
    b.complete();
    expect(seen).toEqual([11, 12, 22, 'done']);
    expect(sum.value).toBe(22);
  });
});

describe('a view whose projection throws', () => {
  const reported: unknown[] = [];
  beforeEach(() => {
    reported.length = 0;
    config.onUnhandledError = (error) => reported.push(error);
  });
  afterEach(async () => {
    // In time, and nothing else.
    await vi.waitFor(() => expect(reported).not.toEqual([]));
    expect(new Set(reported)).toEqual(new Set([failure]));
    config.onUnhandledError = null;
  });
  const failure = new Error('not 1');
  const not1 = (n: number) => {
    if (n === 1) throw failure;
    return `${n}`;
  };
  /** A subscriber that hears all there is to hear. */
  const listen = <T>(live: Live<T>) => {
    const heard: (T | string)[] = [];
    live.subscribe({
      next: (value) => heard.push(value),
      error: () => heard.push('error'),
      complete: () => heard.push('done'),
    });
    return heard;
  };

  it('stops nobody else, tells nothing until there is another value, and reports the error', () => {
    const source = createLive(0);
    const view = select(source.live, not1);
    const ofView = select(view, (text) => `(${text})`);
    const heard = [listen(view), listen(ofView)];
    const others = listen(source.live);
    source.set(1);
    expect(others).toEqual([0, 1]);
    expect(heard).toEqual([['0'], ['(0)']]);
    source.set(0);
    expect(heard).toEqual([['0'], ['(0)']]);
    source.set(2);
    source.complete();
    expect(heard).toEqual([
      ['0', '2', 'done'],
      ['(0)', '(2)', 'done'],
    ]);
  });

  it('throws at whoever reads its value, each time', () => {
    const source = createLive(1);
    const view = select(source.live, not1);
    view.subscribe();
    expect(() => view.value).toThrow(failure);
    expect(() => view.value).toThrow(failure);
    source.set(2);
    expect(view.value).toBe('2');
  });

  it('has its last good value for those who come later', () => {
    const source = createLive(0);
    const view = select(source.live, not1);
    view.subscribe();
    source.set(1);
    expect(listen(view)).toEqual(['0']);
    expect(() => view.value).toThrow(failure);
  });

  it('has its first value for those who came before there was any, and is not computed once they have left', () => {
    const source = createLive(1);
    const computed: number[] = [];
    const view = select(source.live, (n) => {
      computed.push(n);
      return not1(n);
    });
    const heard: string[] = [];
    const subscription = view.subscribe({ next: (text) => heard.push(text), error: () => heard.push('error') });
    expect(heard).toEqual([]);
    source.set(2);
    expect(heard).toEqual(['2']);
    subscription.unsubscribe();
    source.set(3);
    expect(computed).toEqual([1, 2]);
  });

  it('reports an error of `same` as well', () => {
    const source = createLive(0);
    const view = select(
      source.live,
      (n) => n,
      () => {
        throw failure;
      },
    );
    const heard = listen(view);
    const others = listen(source.live);
    source.set(2);
    expect([heard, others]).toEqual([[0], [0, 2]]);
  });

  it('forgets no change of one source while another cannot be read', () => {
    const [a, b] = [createLive(0), createLive(0)];
    const view = select(b.live, not1);
    const both = combine([a.live, view], () => `${a.value}${view.value}`);
    const heard = listen(both);
    b.set(1);
    a.set(5);
    b.set(0);
    expect(heard).toEqual(['00', '50']);
    expect(both.value).toBe('50');
  });
});
