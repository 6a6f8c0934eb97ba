import type { Broadcast, Locks, Page } from 'onescreen';
import { createBroadcast, createLocks } from 'onescreen/testing';
import type { PageClock } from './page-clock';

/** What the pages of one browser profile share. */
export class Browser {
  readonly locks = createLocks();
  readonly broadcast = createBroadcast();
}

/** One page's hold on its browser: everything is given back when the page goes, and waits while it is frozen. */
export class BrowserPage {
  readonly #browser: Browser;
  readonly #clock: PageClock;
  readonly #undo = new Set<() => void>();
  readonly #leaving = new Set<() => void>();

  constructor(browser: Browser, clock: PageClock) {
    this.#browser = browser;
    this.#clock = clock;
  }

  readonly page: Page = {
    onLeave: (run) => {
      this.#leaving.add(run);
      return () => this.#leaving.delete(run);
    },
    onReturn: () => () => {},
  };

  readonly locks: Locks = {
    acquire: async (name, { signal, steal = false, onLost } = {}) => {
      const gone = new AbortController();
      const abort = () => gone.abort(signal?.reason);
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#undo.add(abort);
      let giveBack = () => {};
      giveBack = await this.#browser.locks.acquire(name, {
        ...{ signal: gone.signal, steal },
        onLost: () => {
          this.#undo.delete(giveBack);
          this.#clock.schedule(0, () => onLost?.());
        },
      });
      this.#undo.delete(abort);
      this.#undo.add(giveBack);
      await new Promise<void>((resolve) => this.#clock.schedule(0, resolve));
      return () => {
        this.#undo.delete(giveBack);
        giveBack();
      };
    },
  };

  readonly broadcast: Broadcast = {
    open: (name, receive) => {
      const line = this.#browser.broadcast.open(name, (message) => this.#clock.schedule(0, () => receive(message)));
      const close = () => line.close();
      this.#undo.add(close);
      return {
        post: (message) => line.post(message),
        close: () => {
          this.#undo.delete(close);
          close();
        },
      };
    },
  };

  /** The page is left: its own last words first, as far as it can speak. */
  gone(): void {
    if (!this.#clock.frozen) for (const run of this.#leaving) run();
    for (const undo of this.#undo) undo();
    this.#undo.clear();
  }
}
