import {
  createLive,
  systemBroadcast,
  type Broadcast,
  type Cancel,
  type Environment,
  type Tabs,
  type TabsLink,
  type TabsState,
} from 'onescreen';
import { NEVER, Subject } from 'rxjs';
import { systemLocks, systemPage } from './browser-tabs';

export interface TabsOwner {
  readonly tabs: Tabs;
  readonly link: TabsLink;
  close(): void;
}

/** A leader that does not answer is asked again this often, in milliseconds. */
const askEveryMs = 1_000;
/** After so many questions without an answer its lock is taken from it: a frozen page keeps its lock and does nothing. */
const patience = 4;

/** Outside a browser there are no other tabs. */
const nobody: Broadcast = { open: () => ({ post() {}, close() {} }) };

interface TabMessage {
  readonly onescreen: 'tab';
  readonly from: string;
  readonly kind: 'ask' | 'here' | 'left' | 'data';
  readonly data?: unknown;
}

/** Joins the tabs of this name; the lock decides who leads, and is handed over when its tab closes, resigns or freezes. */
export function joinTabs(name: string, environment: Environment): TabsOwner {
  const { clock, random } = environment;
  const { locks = systemLocks(), broadcast = systemBroadcast() ?? nobody, page = systemPage() } = environment;
  const id = random.id();
  const state = createLive<TabsState>({ id, leading: false });
  const leading = createLive(false);
  const messages = new Subject<unknown>();
  let closed = false;
  let waiting = new AbortController();
  let release: (() => void) | undefined;
  let cancelAsk: Cancel = () => {};
  /** Questions since the leader was last heard; not time, which a hidden page hardly feels. */
  let unanswered = 0;

  const line = broadcast.open(`onescreen/${name}`, (message) => {
    if (!closed && isTabMessage(message)) receive(message);
  });
  const post = (kind: TabMessage['kind'], data?: unknown) => {
    const message: TabMessage = { onescreen: 'tab', from: id, kind, ...(data !== undefined && { data }) };
    line.post(message);
  };

  function receive({ kind, data }: TabMessage): void {
    if (kind === 'ask') {
      if (leading.value) post('here');
    } else if (kind === 'here' || kind === 'left') {
      unanswered = 0;
    } else if (data !== undefined) {
      messages.next(data);
    }
  }

  function lead(value: boolean): void {
    leading.set(value);
    state.set({ id, leading: value });
    if (value) post('here');
  }

  function won(giveBack: () => void): void {
    if (closed) return giveBack();
    release = giveBack;
    cancelAsk();
    lead(true);
  }

  function lost(): void {
    release = undefined;
    if (closed) return;
    lead(false);
    queue();
  }

  function queue(): void {
    waiting = new AbortController();
    unanswered = 0;
    locks.acquire(name, { signal: waiting.signal, onLost: lost }).then(won, () => {});
    watch();
  }

  /** Asks whether the leader is still there, as long as this tab does not lead. */
  function watch(): void {
    cancelAsk();
    cancelAsk = clock.schedule(askEveryMs, () => {
      if (closed || release !== undefined) return;
      if (unanswered >= patience) return void steal();
      unanswered++;
      post('ask');
      watch();
    });
  }

  async function steal(): Promise<void> {
    waiting.abort();
    won(await locks.acquire(name, { steal: true, onLost: lost }));
  }

  function resign(): void {
    waiting.abort();
    cancelAsk();
    if (release === undefined) return;
    lead(false);
    post('left');
    release();
    release = undefined;
  }

  const stopListening = [
    page.onLeave(resign),
    page.onReturn(() => {
      if (!closed) queue();
    }),
  ];
  queue();

  return {
    tabs: {
      state$: state.live,
      async takeOver() {
        if (!closed && release === undefined) await steal();
      },
    },
    link: { id, leading$: leading.live, messages$: messages.asObservable(), post: (message) => post('data', message) },
    close() {
      if (closed) return;
      resign();
      closed = true;
      for (const stop of stopListening) stop();
      line.close();
      messages.complete();
      leading.complete();
      state.complete();
    },
  };
}

function isTabMessage(value: unknown): value is TabMessage {
  return typeof value === 'object' && value !== null && 'onescreen' in value && value.onescreen === 'tab';
}

/** A page that shares its phone with no other. */
export function soleTab(environment: Environment): TabsOwner {
  const id = environment.random.id();
  const state = createLive<TabsState>({ id, leading: true });
  const leading = createLive(true);
  return {
    tabs: { state$: state.live, takeOver: () => Promise.resolve() },
    link: { id, leading$: leading.live, messages$: NEVER, post() {} },
    close() {
      leading.complete();
      state.complete();
    },
  };
}
