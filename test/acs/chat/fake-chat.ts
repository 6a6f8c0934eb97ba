import {
  createLive,
  type ChatContext,
  type ChatSession,
  type ContactCenterError,
  type ProviderMessage,
  type ProviderReceipt,
  type Tokens,
} from 'onescreen';
import { acsChat, type AcsChatOptions } from 'onescreen/acs/chat';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { EMPTY } from 'rxjs';
import { FakeService, other, self, threadId } from './fake-service';

/** A thread of two at a fake service, and what a desk would make of what its provider brings. */
export function fakeChat(options: AcsChatOptions = {}) {
  const clock = virtualClock();
  const service = new FakeService(clock);
  service.participants.add(self).add(other);
  const tokens = new FakeTokens();
  const provider = acsChat({ realtime: true, loadChat: service.load, ...options });
  const context: ChatContext = {
    conversationId: 'conversation',
    channelId: 'channel',
    providerRefs: { endpoint: 'https://acs.example', threadId },
    self: { participantId: 'agent', displayName: 'Anton', providerRefs: { acs: self } },
    open$: createLive(true).live,
    tokens,
    controlPlane: {
      pushes$: EMPTY,
      online$: createLive(true).live,
      command: () => Promise.reject(new Error('unused')),
    },
    clock,
    random: seededRandom(1),
  };
  return {
    ...{ clock, service, tokens, provider, context },
    open: (change: Partial<ChatContext> = {}) => new ObservedSession(provider.open({ ...context, ...change })),
  };
}

/** Folds what a session brings, as the seam says: of two items with one id the higher version counts. */
export class ObservedSession {
  readonly session: ChatSession;
  readonly messages = new Map<string, ProviderMessage>();
  readonly receipts: ProviderReceipt[] = [];
  readonly typing: string[] = [];
  readonly states: string[] = [];
  emissions = 0;

  constructor(session: ChatSession) {
    this.session = session;
    session.items$.subscribe((items) => {
      this.emissions += 1;
      for (const item of items) {
        if (item.kind === 'receipt') this.receipts.push(item);
        else if (item.version > (this.messages.get(item.providerId)?.version ?? -1))
          this.messages.set(item.providerId, item);
      }
    });
    session.typing$.subscribe(({ sender }) => {
      this.emissions += 1;
      this.typing.push(sender);
    });
    session.state$.subscribe(({ status }) => this.states.push(status));
  }

  get status(): string {
    return this.session.state$.value.status;
  }

  /** In order of the timeline. */
  get texts(): readonly string[] {
    return [...this.messages.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ text, deletedAt }) => (deletedAt ? '-' : text));
  }
}

/** Tokens that are good until the service refuses them. */
class FakeTokens implements Tokens {
  readonly refused: string[] = [];
  /** Thrown instead of a token. */
  failure: ContactCenterError | undefined;
  asked = 0;
  #issued = 1;

  async get(_audience: string, refused?: string) {
    this.asked += 1;
    if (this.failure !== undefined) throw this.failure;
    if (refused === this.current) {
      this.refused.push(refused);
      this.#issued += 1;
    }
    return { token: this.current, expiresAt: Infinity };
  }

  get current(): string {
    return `opaque-${this.#issued}`;
  }
}

/** What became of a promise, without waiting for it. */
export function outcomeOf<T>(promise: Promise<T>) {
  const outcome: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}
