import {
  createEnvironment,
  createLive,
  type CallSnapshot,
  type ExpectedCall,
  type LiveSource,
  type Phone,
} from 'onescreen';
import {
  createBroadcast,
  scriptedVoice,
  seededRandom,
  virtualClock,
  type ScriptedVoice,
  type VirtualClock,
} from 'onescreen/testing';
import { createPhone } from '../../src/voice/create-phone';
import { Subject } from 'rxjs';

/** One tab of one agent, with its phone. */
export interface Tab {
  readonly phone: Phone;
  /** What the phone of this tab has said to the others. */
  readonly said: readonly unknown[];
  readonly leading: LiveSource<boolean>;
  call(channelId: string): CallSnapshot | undefined;
  /** As a crash: the tab is cut off and says nothing any more. */
  cutOff(): void;
}

/** Several tabs of one agent in one process, over one scripted voice service. */
export interface TabSet {
  readonly clock: VirtualClock;
  readonly voice: ScriptedVoice;
  readonly open: (leads?: boolean) => Tab;
  /** Says something to all tabs as if another tab had. */
  shout(message: unknown): void;
  /** The expected call of this name, in a window of 20 s. */
  readonly expected: (name: string, more?: Partial<ExpectedCall>) => ExpectedCall;
  /** Lets everything come to rest that needs no time. */
  readonly rest: () => Promise<void>;
}

export function tabSet(seed = 'tabs'): TabSet {
  const clock = virtualClock();
  const broadcast = createBroadcast();
  const voice = scriptedVoice();
  const random = seededRandom(seed);
  const stranger = broadcast.open('tabs', () => {});
  let tabs = 0;
  return {
    clock,
    voice,
    open(leads = false) {
      const id = `tab-${++tabs}`;
      const leading = createLive(leads);
      const messages = new Subject<unknown>();
      const said: unknown[] = [];
      let cut = false;
      const line = broadcast.open('tabs', (message) => cut || messages.next(message));
      const phone = createPhone(
        {
          self: { id: 'ada', displayName: 'Ada', providerRefs: {} },
          tokens: { get: () => Promise.reject(new Error('no token is needed here')) },
          environment: createEnvironment({ clock, random: random.fork(id), broadcast }),
          tabs: {
            id,
            leading$: leading.live,
            messages$: messages,
            post(message) {
              if (cut) return;
              said.push(message);
              line.post(message);
            },
          },
        },
        voice.open,
      );
      return {
        phone,
        said,
        leading,
        call: (channelId) => phone.state$.value.calls.find((call) => call.channelId === channelId),
        cutOff() {
          cut = true;
        },
      };
    },
    shout: (message) => stranger.post(message),
    expected: (name, more) => ({
      correlationId: `offer-${name}`,
      channelId: `channel-${name}`,
      conversationId: `conversation-${name}`,
      callIds: [],
      expiresAt: clock.now() + 20_000,
      ...more,
    }),
    rest: () => clock.advance(0),
  };
}
