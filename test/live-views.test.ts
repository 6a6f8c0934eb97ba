import * as fc from 'fast-check';
import { combine, createLive, type Live } from 'onescreen';
import { Observable, Subject, Subscription } from 'rxjs';
import { expect, it } from 'vitest';

/** State that an application makes without this library, which hears nothing of what is written there. */
class ForeignLive<T> extends Observable<T> implements Live<T> {
  readonly #changes = new Subject<void>();

  constructor(public value: T) {
    super((subscriber) => {
      const tell = () => subscriber.next(this.value);
      const changes = this.#changes.subscribe(tell);
      tell();
      return changes;
    });
  }

  get live(): Live<T> {
    return this;
  }

  set(value: T): void {
    if (value === this.value) return;
    this.value = value;
    this.#changes.next();
  }
}

interface Text {
  readonly text: string;
}

const sourceCount = 4;
const viewCount = 8;
const source = fc.nat({ max: sourceCount - 1 });
const any = fc.nat({ max: sourceCount + viewCount - 1 });

/** Each view is of two that come before it: sources, or other views. */
const anyShape = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: viewCount, maxLength: viewCount });

const anySteps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('write' as const), of: source, text: fc.constantFrom('a', 'b', 'c') }),
    },
    // Whoever looks reads something else as soon as it is told, or writes.
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('look' as const), of: any, reads: any, clears: fc.option(source) }),
    },
    fc.record({ type: fc.constant('leave' as const), of: any }),
    fc.record({ type: fc.constant('read' as const), of: any }),
  ),
  { minLength: 1, maxLength: 40 },
);

it.each([false, true])(
  'views of views are of the moment, told and read, whoever looks, leaves and writes (foreign state among them: %s)',
  (withForeign) => {
    fc.assert(
      fc.property(anyShape, anySteps, (shape, steps) => {
        const initial: Text = { text: '-' };
        const sources = Array.from({ length: sourceCount }, (_, at) =>
          withForeign && at === 0 ? new ForeignLive(initial) : createLive(initial),
        );
        const lives: Live<Text>[] = sources.map(({ live }) => live);
        const expected: (() => string)[] = sources.map((each) => () => each.value.text);
        for (const chosen of shape) {
          const parts = chosen.map((number) => number % lives.length);
          const own = parts.flatMap((part) => lives[part] ?? []);
          const texts = parts.flatMap((part) => expected[part] ?? []);
          lives.push(combine(own, () => ({ text: own.map(({ value }) => value.text).join('') })));
          expected.push(() => texts.map((text) => text()).join(''));
        }
        /** What was told or read and was not of that moment: an error in a subscriber would go to nobody. */
        const wrong: string[] = [];
        const check = (what: string, at: number, text: string | undefined) => {
          if (text !== expected[at]?.()) wrong.push(`${what} ${at}: ${text} is not ${expected[at]?.()}`);
        };
        const read = (at: number) => {
          const value = lives[at]?.value;
          check('read', at, value?.text);
          if (lives[at]?.value !== value) wrong.push(`read ${at}: another one without a change`);
        };
        const looking = new Map<number, { readonly subscription: Subscription; last?: string }>();
        const look = (at: number, reads: number, clears: number | null) => {
          const subscription = new Subscription();
          const looker: { readonly subscription: Subscription; last?: string } = { subscription };
          looking.set(at, looker);
          subscription.add(
            lives[at]?.subscribe(({ text }) => {
              looker.last = text;
              check('told', at, text);
              read(reads);
              if (clears !== null) sources[clears]?.set(initial);
            }),
          );
        };
        const leave = (at: number) => {
          looking.get(at)?.subscription.unsubscribe();
          looking.delete(at);
        };
        for (const step of steps) {
          if (step.type === 'write') sources[step.of]?.set({ text: step.text });
          else if (step.type === 'read') read(step.of);
          else leave(step.of);
          if (step.type === 'look') look(step.of, step.reads, step.clears);
          for (const [at, { last }] of looking) check('heard', at, last);
        }
        for (const at of lives.keys()) read(at);
        for (const at of looking.keys()) leave(at);
        expect(wrong).toEqual([]);
      }),
    );
  },
);
