import type { EmulatorCore, ObservedParty, PhoneCall, RegisteredPage } from 'onescreen/emulator';
import { expect } from 'vitest';
import { phoneNumber } from '../../examples/one-screen/server/contact-center';
import type { AgentScreen } from './agent-screen';
import { CallCustomer } from './call-customer';
import type { CalmPageOptions } from './calm-page';
import { setStage, type Stage, type StageOptions } from './stage';

/** The number of the phone that calls and is called. */
export const number = '+4915112345678';

/** The example with calls, and what can be seen of them where they are switched. */
export interface CallStage extends Stage {
  readonly emulator: EmulatorCore;
  /** Opens the screen of an agent whom calls reach. */
  readyAgent(name: 'ada' | 'grace', options?: CalmPageOptions): Promise<AgentScreen>;
  /** Opens a customer's page and calls from it. */
  callFromPage(name: string): Promise<CallCustomer>;
  callFromPhone(displayName: string): PhoneCall;
  /** Pages of agents, or of customers, that are registered. */
  pagesOf(kind: 'agents' | 'customers'): readonly RegisteredPage[];
  /** The parts in calls of the one agent, or the one customer, who has pages. */
  partiesOf(kind: 'agents' | 'customers'): readonly ObservedParty[];
}

export async function setCallStage(options: StageOptions = {}): Promise<CallStage> {
  const stage = await setStage({ calls: true, chat: 'server', callsOver: 'in-process', ...options });
  const emulator = stage.demo.emulator?.core;
  if (emulator === undefined) throw new Error('unable to test calls; there is no emulator');
  const pagesOf: CallStage['pagesOf'] = (kind) =>
    emulator.calls.pages().filter(({ tokenKind }) => tokenKind === (kind === 'agents' ? 'tpeAgent' : 'acsUser'));
  return {
    ...stage,
    emulator,
    pagesOf,
    async readyAgent(name, more) {
      const before = pagesOf('agents').length;
      const agent = await stage.openAgent(name, more);
      await agent.onThePhone();
      if (more?.beside === undefined)
        await expect.poll(() => pagesOf('agents').length, { timeout: 20_000 }).toBeGreaterThan(before);
      return agent;
    },
    async callFromPage(name) {
      const customer = new CallCustomer(await stage.open('/customer.html'));
      await customer.call(name);
      return customer;
    },
    callFromPhone: (displayName) => emulator.phones.callFrom(number, { to: phoneNumber, displayName }),
    partiesOf(kind) {
      const users = new Set(pagesOf(kind).map(({ user }) => user));
      return emulator.calls.list().flatMap(({ parties }) => parties.filter(({ rawId }) => users.has(rawId)));
    },
  };
}
