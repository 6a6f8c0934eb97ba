import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ChunkedTimeline } from '../../src/conversation/timeline';
import { compareItems, type NoteItem } from '../../src/conversation/timeline-item';

function note(at: number, seq: number, text = ''): NoteItem {
  return { kind: 'note', id: `log/${seq}`, at: new Date(at), source: 'log', seq, by: { kind: 'agent' }, text };
}

type Step = { readonly kind: 'with' | 'without' | 'replace' | 'move'; readonly at: number; readonly pick: number };

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('with', 'with', 'with', 'without', 'replace', 'move'),
    at: fc.integer({ min: 0, max: 400 }),
    pick: fc.nat(),
  }),
  { maxLength: 400 },
);

describe('the timeline', () => {
  it('is the sorted list that a plain array gives, and no older version ever changes', () => {
    fc.assert(
      fc.property(steps, fc.nat(1_000), (script, before) => {
        // Chunks of 128: histories from one to several of them.
        let timeline = ChunkedTimeline.empty;
        let model = Array.from({ length: before }, (_, index) => note(index % 400, 1_000 + index)).sort(compareItems);
        for (const item of model) timeline = timeline.with(item);
        const versions: { readonly timeline: ChunkedTimeline; readonly model: readonly NoteItem[] }[] = [];
        script.forEach((step, index) => {
          const victim = model[model.length === 0 ? 0 : step.pick % model.length];
          if (step.kind === 'with' || victim === undefined) {
            const item = note(step.at, index);
            timeline = timeline.with(item);
            model = [...model, item];
          } else if (step.kind === 'without') {
            timeline = timeline.without(victim);
            model = model.filter((item) => item !== victim);
          } else {
            const item =
              step.kind === 'replace' ? { ...victim, text: `${index}` } : { ...victim, at: new Date(step.at) };
            timeline = timeline.replace(victim, item);
            model = model.map((one) => (one === victim ? item : one));
          }
          model = [...model].sort(compareItems);
          if (index % 7 === 0) versions.push({ timeline, model });
        });
        for (const version of [...versions, { timeline, model }]) {
          expect([...version.timeline]).toEqual(version.model);
          expect(version.timeline.length).toBe(version.model.length);
          expect(version.timeline.slice()).toEqual(version.model);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('splits where much comes in between, and loses what empties', () => {
    let timeline = ChunkedTimeline.empty;
    const all = Array.from({ length: 1_000 }, (_, index) => note(index < 300 ? index * 1_000 : 5_500, index));
    for (const item of all) timeline = timeline.with(item);
    const full = timeline;
    const sorted = [...all].sort(compareItems);
    expect([...full]).toEqual(sorted);
    for (const item of sorted.slice(0, 900)) timeline = timeline.without(item);
    expect([...timeline]).toEqual(sorted.slice(900));
    expect([...timeline.with(note(0, 2_000))]).toHaveLength(101);
    expect([...full]).toEqual(sorted);
  });

  it.each([
    ['one item stays the last', (index: number) => (index === 0 ? 10_000 : index)],
    ['each comes before all others', (index: number) => 10_000 - index],
  ])('copies no more than some chunks for a change, however long it is, where %s', (_, timeOf) => {
    let timeline = ChunkedTimeline.empty;
    const all = Array.from({ length: 5_000 }, (_, index) => note(timeOf(index), index));
    for (const item of all.slice(0, 4_900)) timeline = timeline.with(item);
    const slice = vi.spyOn(Array.prototype, 'slice');
    for (const item of all.slice(4_900)) timeline = timeline.with(item);
    const copied = slice.mock.results.map(({ value }) => (Array.isArray(value) ? value.length : 0));
    slice.mockRestore();
    expect(copied.length).toBeGreaterThan(99);
    expect(Math.max(...copied)).toBeLessThanOrEqual(256);
    expect([...timeline]).toEqual([...all].sort(compareItems));
  });

  it('is gone through without a copy, while later versions grow', () => {
    let timeline = ChunkedTimeline.empty;
    for (let seq = 0; seq < 300; seq++) timeline = timeline.with(note(seq, seq));
    const slice = vi.spyOn(Array.prototype, 'slice');
    const seen: number[] = [];
    let later = timeline;
    for (const { seq } of timeline) {
      seen.push(seq ?? NaN);
      later = later.with(note(1_000 + seen.length, 1_000 + seen.length));
    }
    const copies = slice.mock.calls.length;
    slice.mockRestore();
    expect(copies).toBe(0);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(later.length).toBe(600);
  });

  it('lets two histories grow from one version without seeing each other', () => {
    let base = ChunkedTimeline.empty;
    for (let seq = 1; seq <= 100; seq++) base = base.with(note(seq, seq));
    const left = base.with(note(101, 101, 'left'));
    const right = base.with(note(101, 101, 'right'));
    expect(base.length).toBe(100);
    expect(left.at(-1)).toMatchObject({ text: 'left' });
    expect(right.at(-1)).toMatchObject({ text: 'right' });
  });

  it('reads by index and slice as an array does, out of range included', () => {
    let timeline = ChunkedTimeline.empty;
    const all = Array.from({ length: 300 }, (_, index) => note(index, index));
    for (const item of all) timeline = timeline.with(item);
    for (const index of [0, 1, 63, 64, 65, 299, 300, -1, -300, -301, 1.5, NaN]) {
      expect(timeline.at(index)).toBe(Number.isNaN(index) ? undefined : all.at(index));
    }
    for (const [from, to] of [
      [0, 10],
      [60, 70],
      [-5, undefined],
      [250, 1000],
      [10, 5],
      [-400, 3],
    ] as const) {
      expect(timeline.slice(from, to)).toEqual(all.slice(from, to));
    }
  });
});
