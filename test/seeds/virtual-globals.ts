import type { Cancel } from 'onescreen';
import { seededRandom, virtualClock, type SeededRandom, type VirtualClock } from 'onescreen/testing';

/** The time and chance that this process's globals show. */
export interface VirtualTime {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
}

let current: VirtualTime = { clock: virtualClock(), random: seededRandom(0) };
const timers = new Map<number, Cancel>();
let lastTimer = 0;
const thrown: unknown[] = [];

/**
 * From now on the globals follow this clock and this chance. Timers of the one before never fire again, so nothing
 * that a schedule left behind reaches into the next.
 */
export function setVirtualTime(time: VirtualTime): void {
  current = time;
  timers.clear();
  thrown.length = 0;
}

/** What timers threw and promises rejected with, with nobody to catch it, since time was last set. */
export function uncaughtErrors(): readonly unknown[] {
  return thrown;
}

type TimerCall = (...args: readonly unknown[]) => void;

/** Puts virtual time and chance in place of the globals of this process, for the code that knows no other. */
export function installVirtualGlobals(): void {
  const virtualDate = new Proxy(Date, {
    construct(date, parts: unknown[], target) {
      const made: object = Reflect.construct(date, parts.length === 0 ? [current.clock.now()] : parts, target);
      return made;
    },
    get(date, name): unknown {
      return name === 'now' ? () => current.clock.now() : Reflect.get(date, name);
    },
  });
  const setTimer = (run: TimerCall, ms: unknown, repeats: boolean, args: readonly unknown[]): number => {
    lastTimer += 1;
    const id = lastTimer;
    const delayMs = Math.max(1, Number(ms) || 0);
    const arm = () =>
      timers.set(
        id,
        current.clock.schedule(delayMs, () => {
          if (repeats) arm();
          else timers.delete(id);
          try {
            run(...args);
          } catch (error) {
            thrown.push(error);
          }
        }),
      );
    arm();
    return id;
  };
  const clearTimer = (id: unknown) => {
    timers.get(Number(id))?.();
    timers.delete(Number(id));
  };
  replace(globalThis, {
    Date: virtualDate,
    setTimeout: (run: TimerCall, ms: unknown, ...args: unknown[]) => setTimer(run, ms, false, args),
    setInterval: (run: TimerCall, ms: unknown, ...args: unknown[]) => setTimer(run, ms, true, args),
    clearTimeout: clearTimer,
    clearInterval: clearTimer,
  });
  replace(performance, { now: () => current.clock.now() });
  replace(Math, { random: () => current.random.next() });
  replace(crypto, {
    randomUUID: () => current.random.id(),
    getRandomValues: (array: Uint8Array) => array.map((_, index) => (array[index] = current.random.integer(0, 255))),
  });
  process.on('unhandledRejection', (reason) => thrown.push(reason));
  process.on('uncaughtException', (error) => thrown.push(error));
}

function replace(target: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}
