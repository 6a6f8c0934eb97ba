import { ContactCenterError, type Clock } from 'onescreen';
import { createCallHost, type CallHost, type CallHostOptions, type ProviderRefs } from 'onescreen/server';
import type { EmulatorCore } from '../create-emulator';
import { emulatedCallControl } from './emulated-call-control';

export interface EmulatedCallHostOptions extends Omit<CallHostOptions, 'control' | 'open' | 'identify' | 'token'> {
  /** E.164 number by which simulated phones reach the resource account. */
  readonly phoneNumber?: string;
  /** Where pages find the emulator, such as `http://127.0.0.1:8080`; told to customers' pages. */
  readonly endpoint?: string;
  /** Default: the emulator's. */
  readonly clock?: Clock;
}

/**
 * Carries calls on the emulator, in the same process, and gives agents and customers names and tokens there.
 * `providerRefs` are those of `createCallHost`, with the `endpoint` for a channel to be called.
 */
export function emulatedCallHost(core: EmulatorCore, options: EmulatedCallHostOptions): CallHost {
  const { phoneNumber, endpoint, ...rest } = options;
  const { resourceAccount } = rest;
  /** Names of agents, by agent; their tokens are of the agents' kind. */
  const agents = new Map<string, string>();
  const agentNames = new Set<string>();
  return createCallHost({
    clock: core.calls.clock,
    ...rest,
    control: emulatedCallControl(core, { resourceAccount, ...(phoneNumber !== undefined && { phoneNumber }) }),
    async open({ customer }) {
      return {
        ...(endpoint !== undefined && { providerRefs: { endpoint } }),
        customerRefs: { acs: customer.providerRefs['acs'] ?? core.createUser() },
      };
    },
    async identify({ id, providerRefs }) {
      const acs = providerRefs['acs'] ?? agents.get(id) ?? core.createUser();
      agents.set(id, acs);
      agentNames.add(acs);
      return { acs };
    },
    async token({ acs }: ProviderRefs) {
      if (acs === undefined)
        throw new ContactCenterError('command/invalid', 'unable to issue token; there is no acs in the providerRefs');
      const kind = acs.startsWith('8:orgid:') ? 'teamsUser' : agentNames.has(acs) ? 'tpeAgent' : 'acsUser';
      const { token, expiresOn } = core.issueToken(acs, { scopes: ['voip'], kind });
      return { token, expiresOn: Date.parse(expiresOn), kind };
    },
  });
}
