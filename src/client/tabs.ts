import { Subject } from 'rxjs';
import type { Cancel } from '../environment/clock';
import type { Environment } from '../environment/environment';
import { createLive, type Live } from '../live';
import type { TabsLink } from '../provider/voice-provider';

/** The tabs that one agent has open in one browser. One leads: it owns the media and rings; the others mirror it. */
export interface Tabs {
  readonly state$: Live<TabsState>;
  /** Makes this tab the leading one. A call in the tab that led so far is lost there and can be rejoined here. */
  takeOver(): Promise<void>;
}

export interface TabsState {
  /** This tab's id; another one after every sign-in. */
  readonly id: string;
  /** True in the one tab that rings and owns the media. */
  readonly leading: boolean;
}

export interface TabsOwner {
  readonly tabs: Tabs;
  readonly link: TabsLink;
  close(): void;
}

/** A leader that does not answer is asked again this often, in milliseconds. */
const askEveryMs = 1_000;
/** After so many questions without an answer its lock is taken from it: a frozen page keeps its lock and does nothing. */
const patience = 4;

interface TabMessage {
  readonly onescreen: 'tab';
  readonly from: string;
  readonly kind: 'ask' | 'here' | 'left' | 'data';
  readonly data?: unknown;
}

/** Joins the tabs of this name; the lock decides who leads, and is handed over when its tab closes, resigns or freezes. */
export function joinTabs(name: string, environment: Environment): TabsOwner {
  const { clock, locks, broadcast, page, random } = environment;
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
