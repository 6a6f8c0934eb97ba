import type { NoteItem, Timeline, TimelineItem } from 'onescreen';
import { StrictMode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WindowedTimeline } from '../../examples/one-screen/agent/windowed-timeline';

const rowHeight = 40;
const start = Date.UTC(2026, 0, 5, 8);

/** Notes with the numbers from `from` up to, but without, `to`; every third one is higher than others. */
function notes(from: number, to: number): readonly TimelineItem[] {
  return Array.from({ length: to - from }, (_, offset): NoteItem => {
    const seq = from + offset;
    return {
      kind: 'note',
      id: `n${seq}`,
      at: new Date(start + seq * 1_000),
      source: 'log',
      seq,
      by: { kind: 'agent' },
      text: `note ${seq}`,
    };
  });
}

function timelineOf(items: readonly TimelineItem[]): Timeline {
  return {
    length: items.length,
    at: (index) => items.at(index),
    slice: (from, to) => items.slice(from, to),
    [Symbol.iterator]: () => items[Symbol.iterator](),
  };
}

function content(item: TimelineItem) {
  const height = item.seq % 3 === 0 ? 2 * rowHeight : rowHeight;
  return item.kind === 'note' && <button style={{ height, display: 'block' }}>{item.text}</button>;
}

/** A page with the timeline in it, 300 pixels high. */
function open(items: readonly TimelineItem[]) {
  const container = document.createElement('div');
  container.innerHTML =
    '<style>.scroller { height: 300px; overflow-y: auto } .list { margin: 0; padding: 0 }</style><div></div>';
  document.body.append(container);
  let show: (items: readonly TimelineItem[]) => void = () => {};
  function Page() {
    const [shown, setShown] = useState(items);
    show = setShown;
    return (
      <WindowedTimeline
        timeline={timelineOf(shown)}
        label="Timeline"
        className="scroller"
        listClassName="list"
        before={<li>beginning</li>}
      >
        {content}
      </WindowedTimeline>
    );
  }
  const root = createRoot(container.querySelector('div') ?? container);
  flushSync(() =>
    root.render(
      <StrictMode>
        <Page />
      </StrictMode>,
    ),
  );
  const scroller = container.querySelector('.scroller');
  if (!(scroller instanceof HTMLElement)) throw new Error('there is no timeline');
  const rows = () => [...scroller.querySelectorAll<HTMLElement>('[data-item]')];
  const place = ({ top, bottom }: DOMRect) => ({
    top: top - scroller.getBoundingClientRect().top,
    bottom: bottom - scroller.getBoundingClientRect().top,
  });
  return {
    scroller,
    rows,
    show: (next: readonly TimelineItem[]) => flushSync(() => show(next)),
    /** What can be seen, by where its top edge is. */
    seen: () =>
      rows()
        .map((row) => ({ text: row.innerText, ...place(row.getBoundingClientRect()) }))
        .filter(({ top, bottom }) => bottom > 0 && top < 300)
        .map(({ text, top }) => ({ text, top: Math.round(top) })),
    async scrollTo(top: number) {
      scroller.scrollTop = top;
      await painted();
    },
    close() {
      flushSync(() => root.unmount());
      container.remove();
    },
  };
}

/** After the page has told of scrolling and sizes, and React has answered. */
async function painted() {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  await new Promise((resolve) => setTimeout(resolve));
}

beforeEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = false));
afterEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = true));

describe('a timeline of 50,000', () => {
  it('has some rows on the page, shows its end, follows it, and makes only what is new', async () => {
    const all = notes(0, 50_020);
    const page = open(all.slice(0, 50_000));
    await painted();
    expect(page.rows().length).toBe(80);
    expect(page.seen().at(-1)?.text).toBe('note 49999');
    const before = page.rows();
    page.show(all.slice(0, 50_001));
    expect(page.rows().slice(0, -1)).toEqual(before.slice(20));
    expect(before[0]?.isConnected).toBe(false);
    expect(page.seen().at(-1)?.text).toBe('note 50000');
    expect(page.rows().at(-1)?.getAttribute('aria-posinset')).toBe('50001');
    for (let length = 50_002; length <= 50_020; length++) page.show(all.slice(0, length));
    await painted();
    expect(page.rows().length).toBe(80);
    expect(page.rows()[0]).toBe(before[20]);
    expect(page.seen().at(-1)?.text).toBe('note 50019');
    page.close();
  });

  it('keeps what is read in its place when something new comes, and follows again from the end on', async () => {
    const page = open(notes(0, 50_000));
    await painted();
    await page.scrollTo(page.scroller.scrollTop - 500);
    const before = page.seen();
    page.show(notes(0, 50_010));
    await painted();
    expect(page.seen()).toEqual(before);
    expect(page.scroller.getAttribute('aria-live')).toBe('off');
    await page.scrollTo(page.scroller.scrollHeight);
    await page.scrollTo(page.scroller.scrollHeight);
    expect(page.seen().at(-1)?.text).toBe('note 50009');
    expect(page.scroller.getAttribute('aria-live')).toBe('polite');
    page.close();
  });

  it('keeps what is read in its place when older ones come above it', async () => {
    const page = open(notes(1_000, 1_100));
    await painted();
    await page.scrollTo(0);
    expect(page.scroller.textContent).toContain('beginning');
    await page.scrollTo(30);
    const [, ...before] = page.seen();
    expect(before[0]?.text).toBe('note 1001');
    page.show(notes(900, 1_100));
    await painted();
    expect(page.seen()).toEqual(expect.arrayContaining(before));
    page.close();
  });

  it('shows every item, once and in order, to whoever scrolls through it', async () => {
    const page = open(notes(0, 200));
    await painted();
    const met = new Set<string>();
    for (let step = 0; step < 60 && !met.has('note 0'); step++) {
      const seen = page.seen();
      for (const { text } of seen) met.add(text);
      const numbers = seen.map(({ text }) => Number(text.slice(5)));
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, offset) => (numbers[0] ?? 0) + offset));
      await page.scrollTo(page.scroller.scrollTop - 280);
    }
    expect(met.size).toBe(200);
    page.close();
  });

  it('can be jumped through: by the scroll bar, and by Home and End', async () => {
    const page = open(notes(0, 50_000));
    await painted();
    await page.scrollTo(page.scroller.scrollHeight / 2);
    expect(page.seen().length).toBeGreaterThan(3);
    const middle = Number(page.seen()[0]?.text.slice(5));
    expect(middle).toBeGreaterThan(20_000);
    expect(middle).toBeLessThan(30_000);
    const press = async (key: string) => {
      page.scroller.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await painted();
    };
    await press('Home');
    expect(page.seen()[0]?.text).toBe('note 0');
    await press('End');
    expect(page.seen().at(-1)?.text).toBe('note 49999');
    page.close();
  });

  it('keeps the row that has the focus, however far the reader scrolls', async () => {
    const page = open(notes(0, 50_000));
    await painted();
    const button = page.rows().at(-5)?.querySelector('button');
    button?.focus();
    await painted();
    await page.scrollTo(page.scroller.scrollTop - 20_000);
    expect(page.seen().length).toBeGreaterThan(3);
    expect(document.activeElement).toBe(button);
    expect(page.rows().length).toBe(81);
    await page.scrollTo(0);
    expect(page.seen()[0]?.text).toBe('note 0');
    expect(document.activeElement).toBe(button);
    page.close();
  });
});
