import { expect } from 'vitest';
import type { Page } from 'playwright';
import type { PhoneCall } from 'onescreen/emulator';
import type { AgentScreen } from './agent-screen';
import { heard, something } from './call-hearing';
import type { CallCustomer } from './call-customer';
import { number, setCallStage, type CallStage } from './call-stage';

/** Whom everybody in a call hears, by name: `{ Ada: ['customer'], customer: ['music'] }`. */
export type Hearing = Readonly<Record<string, readonly string[]>>;

/** Two agents and the real path of a call: Event Grid, the server's webhooks, and Call Automation over HTTP. */
export interface HandoverStage {
  readonly ada: AgentScreen;
  readonly grace: AgentScreen;
  readonly phones: CallStage['emulator']['phones'];
  /** Calls from a page of a customer's own. */
  callFromPage(name: string): Promise<CallCustomer>;
  callFromPhone(name: string): PhoneCall;
  /** Waits until these, and nobody else, are in the call and hear this. */
  hear(expected: Hearing): Promise<void>;
  /** Ids of the conversations that the agents' pages have been told of since the last `settle`. */
  conversations(): readonly string[];
  /** Waits until nobody is in a call and no agent has anything in hand: the next may begin. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Number of the phone that agents ask and give calls to, as the directory has it. */
export const carla = '+493090182101';

/** Ada is asked first. */
const strategy = { name: 'by name', compare: byId };

export async function setHandoverStage(): Promise<HandoverStage> {
  const stage = await setCallStage({ callsOver: 'call-automation', queue: { strategy } });
  const conversations = new Set<string>();
  const agent = async (name: 'ada' | 'grace') => {
    const before = new Set(stage.pagesOf('agents').map(({ user }) => user));
    const screen = await stage.readyAgent(name, {
      before: async (page) => page.on('websocket', (socket) => socket.on('framereceived', note)),
    });
    const page = stage.pagesOf('agents').find(({ user }) => !before.has(user));
    return { screen, id: page?.user ?? '' };
  };
  const note = ({ payload }: { readonly payload: string | Buffer }) => {
    for (const [, id = ''] of payload.toString().matchAll(/"conversationId":"([^"]+)"/g)) conversations.add(id);
  };
  const ada = await agent('ada');
  const grace = await agent('grace');
  const names = new Map([
    [ada.id, 'Ada'],
    [grace.id, 'Grace'],
    [`4:${carla}`, 'Carla'],
    [`4:${number}`, 'customer'],
  ]);
  const nameOf = (id: string) =>
    names.get(id) ?? (stage.pagesOf('customers').some(({ user }) => user === id) ? 'customer' : id);
  const hearing = (): Hearing =>
    Object.fromEntries(
      stage.emulator.calls
        .list()
        .flatMap(({ parties }) => parties)
        .filter(({ kind, status }) => kind !== 'server' && status === 'connected')
        .map(({ rawId, hears }) => [nameOf(rawId), hears.map(nameOf).sort()]),
    );
  return {
    ada: ada.screen,
    grace: grace.screen,
    phones: stage.emulator.phones,
    callFromPage: (name) => stage.callFromPage(name),
    callFromPhone: (name) => stage.callFromPhone(name),
    hear: (expected) => expect.poll(hearing, { timeout: 20_000, interval: 50 }).toEqual(expected),
    conversations: () => [...conversations],
    async settle() {
      for (const { screen } of [ada, grace]) {
        await screen.idle();
        await screen.reachable();
        screen.expectCalm();
      }
      await expect.poll(() => stage.emulator.calls.list()).toEqual([]);
      stage.emulator.phones.clear();
      conversations.clear();
    },
    close: () => stage.close(),
  };
}

/** Somebody with a page. */
export interface Listener {
  readonly page: Page;
}

/**
 * What these hear at the same time, as energy, once all of the first ones hear something: a page that has just been
 * connected takes a while on a busy machine.
 */
export async function energies(
  listeners: readonly Listener[],
  others: readonly Listener[] = [],
): Promise<readonly number[]> {
  for (let tries = 1; ; tries++) {
    const all = await Promise.all([...listeners, ...others].map(({ page }) => heard(page)));
    if (tries === 4 || all.slice(0, listeners.length).every((energy) => energy > something)) return all;
  }
}

/** Waits until something is to be heard at the phone. */
export function expectSound(phone: PhoneCall | undefined): Promise<void> {
  return expect.poll(() => phone?.heardLevel(), { interval: 50, timeout: 10_000 }).toBeGreaterThan(0.1);
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
