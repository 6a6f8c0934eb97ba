import type { ChatSession } from 'onescreen';
import { observeChat, type ObservedChat } from './observed-chat';

/** A chat between a customer and an agent, both of whom join through the provider under test. */
export interface ChatProviderHarness {
  /** The names under which the two appear as `sender` and `reader`. */
  readonly names: Readonly<Record<ChatParty, string>>;
  /** Stores messages from the customer, one after the other, before anybody joins. */
  fill(texts: readonly string[]): Promise<void>;
  /** Joins. Called at most once for each. Must not wait for anything after `open`. */
  join(party: ChatParty): ChatSession;
  /** Cuts the party's link, or lets it come back. */
  setLink(party: ChatParty, up: boolean): Promise<void>;
  /** Lets time pass until `condition` holds. Rejects when it takes unreasonably long. */
  until(condition: () => boolean): Promise<void>;
  /** Lets `ms` milliseconds pass. */
  wait(ms: number): Promise<void>;
  /** How many timers, listeners or connections of joined chats are left. Left out: it is not checked. */
  leftovers?(): number;
  /** Ends everything, also after a failed case. */
  close(): Promise<void>;
}

export type ChatParty = 'customer' | 'agent';

export interface ChatProviderContract {
  readonly name: string;
  /** A fresh chat for every case. */
  open(): Promise<ChatProviderHarness>;
}

/** One thing that every provider must do; `run` rejects with an Error that says what it did instead. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * What the client expects of every `ChatProvider`, as cases for any test runner.
 *
 * @example
 * for (const { name, run } of chatProviderContract({ name: 'sms', open })) it(name, run);
 */
export function chatProviderContract(contract: ChatProviderContract): readonly ContractCase[] {
  return Object.entries(cases).map(([name, check]) => ({
    name: `${contract.name}: ${name}`,
    async run() {
      const harness = await contract.open();
      const chats: ObservedChat[] = [];
      const joined: Joined = async (party) => {
        const chat = observeChat(harness.join(party));
        chats.push(chat);
        await settled(harness, `the ${party} to be connected`, () => chat.session.state$.value.status === 'connected');
        return chat;
      };
      try {
        await check(harness, joined);
        for (const chat of chats) await chat.session.close();
      } finally {
        await harness.close();
      }
    },
  }));
}

type Joined = (party: ChatParty) => Promise<ObservedChat>;
type Check = (harness: ChatProviderHarness, join: Joined) => Promise<void>;

let written = 0;
const message = (text: string) => ({ clientId: `contract-${++written}`, text });
const ignore = () => {};

const cases: Readonly<Record<string, Check>> = {
  async 'a message settles once it is stored, and both sides see it once'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    const stored = await customer.session.send(message('hello'), ignore);
    equal(stored.text, 'hello', 'the text of the stored message');
    equal(stored.sender, harness.names.customer, 'the sender of the stored message');
    for (const side of [customer, agent]) await settled(harness, 'the message on both sides', () => side.has('hello'));
    await harness.wait(5_000);
    for (const side of [customer, agent]) {
      equal(side.count('hello'), 1, 'how often the message is seen');
      equal(side.find('hello')?.providerId, stored.providerId, 'the id of the message seen');
      equal(side.find('hello')?.at, stored.at, 'the time of the message seen');
    }
  },

  async 'an own message comes back with its client id'(harness, join) {
    const customer = await join('customer');
    const sent = message('mine');
    const stored = await customer.session.send(sent, ignore);
    equal(stored.clientId, sent.clientId, 'the client id of the stored message');
    await settled(harness, 'the echo', () => customer.has('mine'));
    equal(customer.find('mine')?.clientId, sent.clientId, 'the client id of the echo');
  },

  async 'the same client id twice is one message'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    const sent = message('once');
    const both = await Promise.all([customer.session.send(sent, ignore), customer.session.send(sent, ignore)]);
    const again = await customer.session.send(sent, ignore);
    equal(new Set([...both, again].map((one) => one.providerId)).size, 1, 'the number of different ids');
    await settled(harness, 'the message', () => agent.has('once'));
    await harness.wait(5_000);
    equal(agent.count('once'), 1, 'how often the other side sees it');
  },

  async 'messages of both sides stand in the same order for both'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    const texts = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    for (const [index, text] of texts.entries()) {
      await (index % 3 === 0 ? agent : customer).session.send(message(text), ignore);
    }
    for (const side of [customer, agent]) {
      await settled(harness, 'all messages', () => texts.every((text) => side.has(text)));
      equal(side.texts().join(), texts.join(), 'the order of messages');
    }
  },

  async 'who joins later reads what was said before'(harness, join) {
    await harness.fill(['first', 'second']);
    const agent = await join('agent');
    await settled(harness, 'the past', () => agent.has('first') && agent.has('second'));
    equal(agent.texts().join(), 'first,second', 'the past');
    equal(agent.find('first')?.sender, harness.names.customer, 'the sender of the past');
  },

  async 'an edit replaces the text and says so, under a higher version'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    const stored = await customer.session.send(message('tpyo'), ignore);
    await settled(harness, 'the message', () => agent.has('tpyo'));
    await customer.session.edit(stored.providerId, 'typo');
    for (const side of [customer, agent]) {
      await settled(harness, 'the edit', () => side.has('typo'));
      const edited = side.find('typo');
      equal(edited?.providerId, stored.providerId, 'the id of the edited message');
      equal(edited !== undefined && edited.version > stored.version, true, 'whether the version is higher');
      equal(typeof edited?.editedAt, 'number', 'the type of editedAt');
      equal(side.count('tpyo'), 0, 'how often the old text is seen');
    }
  },

  async 'a deletion leaves an empty message that says so'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    const stored = await customer.session.send(message('secret'), ignore);
    await settled(harness, 'the message', () => agent.has('secret'));
    await customer.session.delete(stored.providerId);
    for (const side of [customer, agent]) {
      await settled(harness, 'the deletion', () => side.byId(stored.providerId)?.deletedAt !== undefined);
      equal(side.byId(stored.providerId)?.text, '', 'the text of a deleted message');
    }
  },

  async 'marking as read tells both sides up to when'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    const stored = await customer.session.send(message('read me'), ignore);
    await settled(harness, 'the message', () => agent.has('read me'));
    await agent.session.markRead(stored.providerId);
    for (const side of [customer, agent]) {
      const receipt = () => side.receipts.find(({ reader }) => reader === harness.names.agent);
      await settled(harness, 'the receipt', () => receipt() !== undefined);
      equal((receipt()?.upTo ?? 0) >= stored.at, true, 'whether the receipt covers the message');
    }
  },

  async 'typing reaches the other side only'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    await customer.session.typing();
    await settled(harness, 'the typing signal', () => agent.typing.length > 0);
    equal(agent.typing[0]?.sender, harness.names.customer, 'who is typing');
    for (let key = 0; key < 5; key++) await customer.session.typing();
    await harness.wait(1_000);
    equal(agent.typing.length, 1, 'the number of signals for keys in quick succession');
    equal(customer.typing.length, 0, 'the number of own signals');
  },

  async 'a message that is too large is refused before it is sent'(harness, join) {
    const customer = await join('customer');
    const { maxMessageBytes } = customer.session.capabilities$.value;
    const text = 'é'.repeat(Math.floor(maxMessageBytes / 2) + 1);
    await rejects('message/too-large', () => customer.session.send(message(text), ignore));
    await customer.session.send(message('small'), ignore);
    await settled(harness, 'the small message', () => customer.has('small'));
    equal(customer.texts().join(), 'small', 'the messages stored');
  },

  async 'a message written while the link is down arrives once, when it is back'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    await customer.session.send(message('before'), ignore);
    await harness.setLink('customer', false);
    const sent = message('meanwhile');
    const first = customer.session.send(sent, ignore);
    first.catch(ignore);
    await harness.wait(10_000);
    await harness.setLink('customer', true);
    // Providers differ in how long they hold on; whoever gave up is asked again, as `retry` does.
    const sending = first.catch(() => customer.session.send(sent, ignore));
    for (const side of [customer, agent]) await settled(harness, 'the message', () => side.has('meanwhile'));
    await sending;
    await customer.session.send(sent, ignore);
    await harness.wait(5_000);
    for (const side of [customer, agent]) equal(side.texts().join(), 'before,meanwhile', 'the messages seen');
  },

  async 'what was missed while the link was down is read when it is back'(harness, join) {
    const [customer, agent] = [await join('customer'), await join('agent')];
    await customer.session.send(message('before'), ignore);
    await settled(harness, 'the first message', () => agent.has('before'));
    await harness.setLink('agent', false);
    const stored = await customer.session.send(message('missed'), ignore);
    await customer.session.edit(stored.providerId, 'missed and edited');
    await customer.session.send(message('too'), ignore);
    await harness.wait(10_000);
    equal(agent.has('too'), false, 'whether the message came over a cut link');
    await harness.setLink('agent', true);
    await settled(harness, 'what was missed', () => agent.has('missed and edited') && agent.has('too'));
    equal(agent.texts().join(), 'before,missed and edited,too', 'the messages seen');
    await settled(harness, 'a standing link', () => agent.session.state$.value.status === 'connected');
  },

  async 'older messages are read page by page, without a message missing or twice'(harness, join) {
    const texts = Array.from({ length: 120 }, (_, index) => `old ${index}`);
    await harness.fill(texts);
    const agent = await join('agent');
    await settled(harness, 'the newest message', () => agent.has('old 119'));
    let pages = 0;
    while ((await agent.session.loadMore({ pageSize: 20 })).more) {
      equal(++pages < 50, true, 'whether reading comes to an end');
    }
    await settled(harness, 'all messages', () => agent.texts().length >= texts.length);
    equal(agent.texts().join(), texts.join(), 'the messages read');
  },

  async 'what was forgotten is read again, and nothing else'(harness, join) {
    const texts = Array.from({ length: 120 }, (_, index) => `old ${index}`);
    await harness.fill(texts);
    const agent = await join('agent');
    await settled(harness, 'the newest message', () => agent.has('old 119'));
    while ((await agent.session.loadMore({ pageSize: 50 })).more);
    await settled(harness, 'all messages', () => agent.texts().length >= texts.length);
    const kept = agent.find('old 60');
    // A service whose history is short need not forget any.
    if (agent.session.forget === undefined || kept === undefined) return;
    const before = texts.map((text) => agent.brought(text));
    agent.session.forget(kept.at);
    await harness.wait(10_000);
    const again = () => texts.filter((text, index) => agent.brought(text) > (before[index] ?? 0));
    equal(again().join(), '', 'what is brought without being asked for');
    while ((await agent.session.loadMore({ pageSize: 50 })).more);
    const forgotten = texts.filter((text) => (agent.find(text)?.at ?? Infinity) < kept.at);
    await settled(harness, 'what was forgotten', () => again().length >= forgotten.length);
    equal(again().join(), forgotten.join(), 'what is brought again');
    equal(agent.texts().join(), texts.join(), 'the messages');
  },

  async 'after close nothing is emitted, and nothing is left'(harness, join) {
    const customer = await join('customer');
    await harness.wait(5_000);
    const before = harness.leftovers?.();
    const agent = await join('agent');
    await customer.session.send(message('last'), ignore);
    await settled(harness, 'the message', () => agent.has('last'));
    await agent.session.close();
    await agent.session.close();
    const { emissions } = agent;
    equal(agent.session.state$.value.status, 'closed', 'the state');
    equal(agent.session.capabilities$.value.actions.send.supported, false, 'whether sending is still offered');
    equal(agent.completed, true, 'whether the items have completed');
    await rejects('channel/closed', () => agent.session.send(message('late'), ignore));
    await customer.session.send(message('unheard'), ignore);
    await customer.session.typing();
    await harness.wait(5_000);
    equal(agent.emissions, emissions, 'the number of emissions after close');
    equal(harness.leftovers?.(), before, 'what is left behind');
  },
};

async function settled(harness: ChatProviderHarness, what: string, condition: () => boolean): Promise<void> {
  try {
    await harness.until(condition);
  } catch (cause) {
    throw new Error(`expected ${what}; it did not come`, { cause });
  }
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected))
    throw new Error(`expected ${what} to be ${String(expected)}; it is ${String(actual)}`);
}

async function rejects(code: string, run: () => Promise<unknown>): Promise<void> {
  const outcome = await run().then(
    () => 'a success',
    (error: unknown) => (typeof error === 'object' && error !== null && 'code' in error ? error.code : error),
  );
  equal(outcome, code, 'the outcome');
}
