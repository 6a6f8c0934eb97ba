import { getEventListeners } from 'node:events';
import type { Broadcast, Clock, ControlPlane, Environment, Live, Locks, Page, SocketConnect } from 'onescreen';
import { Observable } from 'rxjs';

/** How much of each kind is held of the world around a desk now; what is not held at all is left out. */
export type HeldCounts = Readonly<Record<string, number>>;

/** Counts what is taken of the world and given back. */
export class Held {
  readonly #counts = new Map<string, number>();
  readonly #most = new Map<string, number>();

  /** Returns what gives it back, once. */
  take(kind: string): () => void {
    const now = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, now);
    this.#most.set(kind, Math.max(this.#most.get(kind) ?? 0, now));
    let held = true;
    return () => {
      if (held) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) - 1);
      held = false;
    };
  }

  get now(): HeldCounts {
    return Object.fromEntries([...this.#counts].filter(([, count]) => count !== 0).sort());
  }

  /** The most of each kind that was held at one moment: what was never held, nobody has looked after. */
  get most(): HeldCounts {
    return Object.fromEntries([...this.#most].sort());
  }
}

/** What the tabs of one browser have around them. */
export type World = Required<Pick<Environment, 'clock' | 'locks' | 'broadcast' | 'page' | 'socket'>>;

/** The same world, of which everything that is held is counted. */
export function countedWorld(world: World, held: Held): World {
  return {
    clock: countedClock(world.clock, held),
    locks: countedLocks(world.locks, held),
    broadcast: countedBroadcast(world.broadcast, held),
    page: countedPage(world.page, held),
    socket: countedSocket(world.socket, held),
  };
}

function countedClock(clock: Clock, held: Held): Clock {
  return {
    now: () => clock.now(),
    schedule(delayMs, run) {
      const release = held.take('timers');
      const cancel = clock.schedule(delayMs, () => {
        release();
        run();
      });
      return () => {
        release();
        cancel();
      };
    },
  };
}

function countedLocks(locks: Locks, held: Held): Locks {
  return {
    async acquire(name, options) {
      const waits = held.take('lock requests');
      try {
        const lost = { release: () => {} };
        const onLost = () => {
          lost.release();
          options?.onLost?.();
        };
        const giveBack = await locks.acquire(name, { ...options, onLost });
        lost.release = held.take('locks');
        return () => {
          lost.release();
          giveBack();
        };
      } finally {
        waits();
      }
    },
  };
}

function countedBroadcast(broadcast: Broadcast, held: Held): Broadcast {
  return {
    open(name, receive) {
      const release = held.take('broadcast lines');
      const line = broadcast.open(name, receive);
      return {
        post: (message) => line.post(message),
        close() {
          release();
          line.close();
        },
      };
    },
  };
}

function countedPage(page: Page, held: Held): Page {
  const counted = (listen: (run: () => void) => () => void) => (run: () => void) => {
    const release = held.take('page listeners');
    const stop = listen(run);
    return () => {
      release();
      stop();
    };
  };
  return { onLeave: counted((run) => page.onLeave(run)), onReturn: counted((run) => page.onReturn(run)) };
}

function countedSocket(socket: SocketConnect, held: Held): SocketConnect {
  return (target) => {
    const release = held.take('sockets');
    const link = socket(target);
    return {
      send: (frame) => link.send(frame),
      close() {
        release();
        link.close();
      },
    };
  };
}

/** A control plane of whose link everybody who listens is counted. */
export function countedControlPlane(plane: ControlPlane, held: Held): ControlPlane {
  return {
    connect(context) {
      const link = plane.connect(context);
      return {
        state$: new CountedLive(link.state$, held, 'listeners to the link'),
        pushes$: countedStream(link.pushes$, held, 'listeners to pushes'),
        command: (name, args, options) => link.command(name, args, options),
        close: () => link.close(),
      };
    },
  };
}

/** A stream of which everybody who listens is counted. */
export function countedStream<T>(source$: Observable<T>, held: Held, kind: string): Observable<T> {
  return new Observable((subscriber) => {
    const release = held.take(kind);
    subscriber.add(release);
    return source$.subscribe(subscriber);
  });
}

/** State of which everybody who listens is counted. */
export class CountedLive<T> extends Observable<T> implements Live<T> {
  readonly #counted: Live<T>;

  constructor(live: Live<T>, held: Held, kind: string) {
    const counted$ = countedStream(live, held, kind);
    super((subscriber) => counted$.subscribe(subscriber));
    this.#counted = live;
  }

  get value(): T {
    return this.#counted.value;
  }
}

/** How many wait for this signal. */
export const listenersTo = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
