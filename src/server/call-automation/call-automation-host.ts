import type { CommunicationIdentityClient } from '@azure/communication-identity';
import { ContactCenterError } from 'onescreen';
import { acsConnection, operation, type AcsResource } from '../acs-connection';
import type { CallHost, QueueStanding, Webhooks } from '../call-host';
import { createCallHost } from '../call-host/create-call-host';
import type { CallHostOptions } from '../call-host/call-host-options';
import type { ChatToken, ProviderRefs } from '../chat-host';
import type { Prompt } from '../call-control';
import { callAutomation, type CallAutomationSettings } from './call-automation';
import { requestFailure } from './call-failures';
import { teamsPhoneUserId, type TeamsPhoneUser } from './identifiers';

/** An agent's name at ACS: a raw id such as `8:acs:…`, or the Teams user who it is. */
export type AgentName = string | { readonly teamsPhoneUser: TeamsPhoneUser };

export type CallAutomationHostOptions = AcsResource &
  CallAutomationSettings &
  Pick<CallHostOptions, 'name' | 'desksDial' | 'teamsUsers' | 'muteParticipants' | 'greet' | 'queueMenu'> & {
    /** What a waiting customer is told from time to time. Default: place and estimated wait, where words can be spoken. */
    readonly standing?: (standing: QueueStanding) => Prompt | undefined;
    /**
     * Who an agent is at ACS, unless the agent's `providerRefs` say it in `acs`. Left out, or undefined: an ACS user of
     * the agent's own, which is good for trying things out; agents of Teams Phone extensibility need their Teams user.
     */
    readonly identify?: (agent: {
      readonly id: string;
      readonly providerRefs: ProviderRefs;
    }) => AgentName | undefined | Promise<AgentName | undefined>;
    /**
     * Tokens for agents. Left out: agents who are Teams users get none here, for their pages exchange one of Entra;
     * others get one of ACS.
     */
    readonly agentTokens?: (refs: ProviderRefs) => Promise<ChatToken>;
  };

/**
 * Carries calls with Call Automation. Customers' pages that call get an ACS user and a token with the scope `voip`.
 * Mounted at `webhooks.path` by the server; the Event Grid subscription for `Microsoft.Communication.IncomingCall` goes
 * to `{callbackUrl}/events?key={webhookKey}`. A call's events must come to the process that answered it.
 * @throws ContactCenterError `command/invalid` for options that cannot be right
 */
export function callAutomationHost(options: CallAutomationHostOptions): CallHost & { readonly webhooks: Webhooks } {
  const connection = acsConnection(options);
  const { name, desksDial, teamsUsers, muteParticipants, greet, queueMenu, clock, logger, sounds } = options;
  const { resourceAccount, identify, agentTokens } = options;
  const control = callAutomation(options);
  let identity: Promise<CommunicationIdentityClient> | undefined;
  const agents = new Map<string, Promise<string>>();
  const agentNames = new Set<string>();

  const client = () => {
    const loading = (identity ??= connection.identity());
    loading.catch(() => (identity = undefined));
    return loading;
  };
  const createUser = async () => {
    try {
      return (await (await client()).createUser(operation)).communicationUserId;
    } catch (error) {
      throw requestFailure('create user', error);
    }
  };
  const token = async ({ acs }: ProviderRefs): Promise<ChatToken> => {
    if (acs === undefined) throw unavailable('there is no acs in the providerRefs');
    if (agentNames.has(acs) && agentTokens !== undefined) return agentTokens({ acs });
    if (!isAcsUser(acs)) throw unavailable('the page of a Teams user exchanges one of Entra');
    try {
      const identityClient = await client();
      const issued = await identityClient.getToken({ communicationUserId: acs }, ['voip'], operation);
      return { token: issued.token, expiresOn: issued.expiresOn.getTime(), kind: 'acsUser' };
    } catch (error) {
      throw requestFailure('issue token', error);
    }
  };

  const host = createCallHost({
    control,
    resourceAccount,
    async open({ customer }) {
      return {
        providerRefs: { endpoint: connection.endpoint },
        customerRefs: { acs: customer.providerRefs['acs'] ?? (await createUser()) },
      };
    },
    async identify(agent) {
      const acs = agent.providerRefs['acs'] ?? nameOf(await identify?.(agent)) ?? (await ownUser(agent.id));
      agentNames.add(acs);
      return { acs };
    },
    token,
    sounds: {
      ...sounds,
      // Without a speech service nothing can be said, unless the vendor has recorded it.
      ...(options.speechEndpoint === undefined && { standing: () => undefined }),
      ...(options.standing !== undefined && { standing: options.standing }),
    },
    ...(name !== undefined && { name }),
    ...(desksDial !== undefined && { desksDial }),
    ...(teamsUsers !== undefined && { teamsUsers }),
    ...(muteParticipants !== undefined && { muteParticipants }),
    ...(greet !== undefined && { greet }),
    ...(queueMenu !== undefined && { queueMenu }),
    ...(clock !== undefined && { clock }),
    ...(logger !== undefined && { logger }),
  });
  return Object.assign(host, {
    webhooks: { path: control.path, handle: (request: Request) => control.handle(request) },
  });

  function ownUser(id: string): Promise<string> {
    const known = agents.get(id) ?? createUser();
    agents.set(id, known);
    known.catch(() => agents.delete(id));
    return known;
  }
}

function nameOf(name: AgentName | undefined): string | undefined {
  return typeof name === 'object' ? teamsPhoneUserId(name.teamsPhoneUser) : name;
}

/** Users of ACS have two parts, agents of Teams Phone extensibility three. */
function isAcsUser(rawId: string): boolean {
  return /^8:(?:[a-z]+-)?acs:[^_]+_[^_]+$/.test(rawId);
}

function unavailable(why: string): ContactCenterError {
  return new ContactCenterError('token/unavailable', `unable to issue token; ${why}`);
}
