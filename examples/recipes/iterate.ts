import type { Observable } from 'rxjs';

/**
 * What happens to values that come while the consumer is busy. `latest`: only the newest waits, as for state, where an
 * older one is of no use. `all`: up to `most` wait, and one more ends the iteration with an error: nothing is lost silently.
 */
export type SlowConsumer = { readonly keep: 'latest' } | { readonly keep: 'all'; readonly most: number };

/** Reads a stream with `for await`. It is subscribed to by the first step, and left by `break`, `return` or an error. */
export function iterate<T>(source$: Observable<T>, slow: SlowConsumer): AsyncGenerator<T, void, undefined> {
  const most = slow.keep === 'latest' ? 1 : slow.most;
  let waiting: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake: () => void = () => {};

  async function* read(): AsyncGenerator<T, void, undefined> {
    const subscription = source$.subscribe({
      next(value) {
        if (end !== undefined) return;
        if (slow.keep === 'latest') waiting = [];
        if (waiting.length < most) waiting.push(value);
        else end = { error: new Error(`unable to keep up; ${most} values wait already`) };
        wake();
      },
      error(error: unknown) {
        end = { error };
        wake();
      },
      complete() {
        end ??= {};
        wake();
      },
    });
    try {
      for (;;) {
        const [next] = waiting.splice(0, 1).map((value) => ({ value }));
        if (next !== undefined) {
          yield next.value;
        } else if (end !== undefined) {
          if ('error' in end) throw end.error;
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      subscription.unsubscribe();
    }
  }

  const steps = read();
  const leave = steps.return.bind(steps);
  // By itself a generator leaves only when the value has come that it waits for.
  steps.return = (value) => {
    waiting = [];
    end = {};
    wake();
    return leave(value);
  };
  return steps;
}
