import { createLive, type Live } from 'onescreen';
import { useLive } from 'onescreen/react';
import { startTransition, useDeferredValue, useLayoutEffect, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** So many parts, each of which takes a while: React gives way between them. */
const parts = Array.from({ length: 30 }, (_, index) => index);

// React does its work in slices only outside of `act`.
beforeEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = false));
afterEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = true));

/** A Live, a page that shows it in many slow parts, and what was on the page after each commit. */
function slowPage() {
  const source = createLive('before');
  const commits: (readonly string[])[] = [];
  /** What a part rendered, in order; also what React threw away. */
  const rendered: string[] = [];
  let whenInTheMiddle: (() => void) | undefined;
  const Part = ({ read, text }: { readonly read: (live: Live<string>) => string; readonly text: string }) => {
    const value = read(source.live);
    rendered.push(value);
    // Runs when React gives way for the first time: parts have been rendered, others not yet.
    if (whenInTheMiddle !== undefined) queueMicrotask(whenInTheMiddle);
    whenInTheMiddle = undefined;
    busy(2);
    return (
      <i>
        {value} {text}
      </i>
    );
  };
  const container = document.createElement('div');
  const root = createRoot(container);
  const commit = () => void commits.push([...container.querySelectorAll('i')].map((part) => part.textContent ?? ''));
  return {
    source,
    commits,
    rendered,
    root,
    /** As an event from outside that comes while React is rendering. */
    changeInTheMiddle: (value: string) => (whenInTheMiddle = () => source.set(value)),
    all: (text: string, read: (live: Live<string>) => string) =>
      parts.map((part) => <Part key={part} read={read} text={text} />),
    Committed: ({ children }: { readonly children: ReactNode }) => {
      useLayoutEffect(commit);
      return children;
    },
  };
}

describe('a transition', () => {
  it.each([
    ['useLive', useLive<string>, 1],
    ['a plain read of the value', ({ value }: Live<string>) => value, 2],
  ])('that a change interrupts shows with %s so many states at once: (%#)', async (_, read, states) => {
    const { source, commits, rendered, root, changeInTheMiddle, all, Committed } = slowPage();
    let open: (value: boolean) => void = () => {};
    function Page() {
      const [shown, setShown] = useState(false);
      open = setShown;
      return <Committed>{shown && all('', read)}</Committed>;
    }
    flushSync(() => root.render(<Page />));
    changeInTheMiddle('after');
    startTransition(() => open(true));
    await expect.poll(() => commits.at(-1)?.length).toBe(parts.length);
    expect(source.value).toBe('after');
    expect(new Set(rendered)).toEqual(new Set(['before', 'after']));
    expect(Math.max(...commits.map((texts) => new Set(texts).size))).toBe(states);
    if (states === 1) expect(commits.at(-1)?.[0]).toBe('after ');
    root.unmount();
  });
});

describe('a deferred value', () => {
  it('and a change in the middle of it never show a state that did not exist', async () => {
    const { commits, rendered, root, changeInTheMiddle, all, Committed } = slowPage();
    let type: (text: string) => void = () => {};
    function Page() {
      const [text, setText] = useState('a');
      type = setText;
      const deferred = useDeferredValue(text);
      return <Committed>{all(deferred, useLive<string>)}</Committed>;
    }
    flushSync(() => root.render(<Page />));
    rendered.length = 0;
    flushSync(() => type('b'));
    changeInTheMiddle('after');
    await expect.poll(() => commits.at(-1)?.[0]).toBe('after b');
    expect(new Set(rendered)).toEqual(new Set(['before', 'after']));
    expect(commits.map((texts) => [...new Set(texts)].join())).not.toContainEqual(expect.stringContaining(','));
    root.unmount();
  });
});

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
