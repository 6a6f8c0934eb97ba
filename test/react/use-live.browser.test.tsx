import { createLive, type Live } from 'onescreen';
import { useLive } from 'onescreen/react';
import { act } from 'react';
import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mount } from './mount';

/** A Live that knows how many subscribers it has. */
function counted<T>(source: Live<T>) {
  let subscribers = 0;
  const observable = new Observable<T>((subscriber) => {
    subscribers++;
    subscriber.add(() => subscribers--);
    subscriber.add(source.subscribe(subscriber));
  });
  const live: Live<T> = Object.defineProperty(Object.assign(observable, { value: source.value }), 'value', {
    get: () => source.value,
  });
  return {
    live,
    get subscribers() {
      return subscribers;
    },
  };
}

describe('useLive', () => {
  it('renders once for each change, and not for a value that is the same', () => {
    const source = createLive(1);
    let renders = 0;
    function Shown() {
      renders++;
      return <>{useLive(source.live)}</>;
    }
    const page = mount(<Shown />);
    expect([page.text, renders]).toEqual(['1', 1]);
    act(() => source.set(2));
    expect([page.text, renders]).toEqual(['2', 2]);
    act(() => source.set(2));
    expect(renders).toBe(2);
    page.unmount();
  });

  it('renders only for what the selector takes, even with a selector made anew at every render', () => {
    const source = createLive({ name: 'Ada', load: 1 });
    let renders = 0;
    function Shown() {
      renders++;
      return <>{useLive(source.live, ({ name }) => name)}</>;
    }
    const page = mount(<Shown />);
    act(() => source.set({ name: 'Ada', load: 2 }));
    expect(renders).toBe(1);
    act(() => source.set({ name: 'Grace', load: 2 }));
    expect([page.text, renders]).toEqual(['Grace', 2]);
    page.unmount();
  });

  it('keeps the identity of a result that its equality calls the same', () => {
    const source = createLive([1, 2, 3]);
    const seen = new Set<readonly number[]>();
    function Shown() {
      const odd = useLive(
        source.live,
        (numbers) => numbers.filter((number) => number % 2 === 1),
        (a, b) => a.join() === b.join(),
      );
      seen.add(odd);
      return <>{odd.join()}</>;
    }
    const page = mount(<Shown />);
    act(() => source.set([1, 3, 4]));
    expect(seen.size).toBe(1);
    act(() => source.set([1, 3, 5]));
    expect([page.text, seen.size]).toEqual(['1,3,5', 2]);
    page.unmount();
  });

  it('follows to another Live, and to none', () => {
    const one = counted(createLive('one').live);
    const two = counted(createLive('two').live);
    const which = createLive<Live<string> | undefined>(one.live);
    function Shown() {
      return <>{useLive(useLive(which.live)) ?? 'nothing'}</>;
    }
    const page = mount(<Shown />);
    act(() => which.set(two.live));
    expect([page.text, one.subscribers, two.subscribers]).toEqual(['two', 0, 1]);
    act(() => which.set(undefined));
    expect([page.text, two.subscribers]).toEqual(['nothing', 0]);
    page.unmount();
  });

  it('gives the selector undefined while there is no Live', () => {
    const which = createLive<Live<string> | undefined>(undefined);
    function Shown() {
      return <>{useLive(useLive(which.live), (text) => text?.length ?? 'nothing')}</>;
    }
    const page = mount(<Shown />);
    expect(page.text).toBe('nothing');
    act(() => which.set(createLive('three').live));
    expect(page.text).toBe('5');
    page.unmount();
  });

  it('leaves nothing behind when StrictMode mounts twice, however often the page comes and goes', () => {
    const source = createLive(0);
    const watched = counted(source.live);
    let renders = 0;
    function Shown() {
      renders++;
      return <>{useLive(watched.live)}</>;
    }
    for (let round = 0; round < 100; round++) {
      const page = mount(<Shown />, { strict: true });
      expect(watched.subscribers).toBe(1);
      page.unmount();
      expect(watched.subscribers).toBe(0);
    }
    const before = renders;
    act(() => source.set(1));
    expect(renders).toBe(before);
  });

  it('shows what changed between render and subscription', () => {
    const source = createLive('before');
    function Writer() {
      source.set('after');
      return null;
    }
    function Shown() {
      return <>{useLive(source.live)}</>;
    }
    const page = mount(
      <>
        <Shown />
        <Writer />
      </>,
    );
    expect(page.text).toBe('after');
    page.unmount();
  });
});
