import { ContactCenterError, type Clock } from 'onescreen';
import { acsConnection, operation } from './acs-connection';
import { AcsServiceUser, statusOf } from './acs-service-user';
import type { ChatHost, ProviderRefs } from './chat-host';

export interface AcsChatHostOptions {
  /** `endpoint=…;accesskey=…` of an ACS resource, or of the emulator (plain http, on this machine alone). */
  readonly connectionString: string;
  /**
   * ACS user id (`8:acs:…`) under which this server opens threads. Give the same at every start, and threads of
   * before can still be closed. Left out: a new user each time.
   */
  readonly serviceUserId?: string;
  readonly clock?: Clock;
}

/** Whoever joins sees the thread from its beginning. */
const fromTheBeginning = new Date(0);

/** Enough to talk in threads, not to open them or to add others (ACS identity model, `chat.join.limited`). */
const memberScopes = ['chat.join.limited'] as const;

/**
 * Chats as threads of ACS Chat, by the official clients. `providerRefs`: `{ endpoint, threadId }` of a channel,
 * `{ acs }` of a participant. Throws `command/invalid` for a connection string that cannot be one.
 */
export function acsChatHost(options: AcsChatHostOptions): ChatHost {
  const { connectionString, serviceUserId, clock } = { ...options };
  const connection = acsConnection({ connectionString });
  const service = new AcsServiceUser(connection, {
    ...(serviceUserId !== undefined && { id: serviceUserId }),
    ...(clock !== undefined && { clock }),
  });
  const agents = new Map<string, Promise<string>>();

  const createUser = async () => {
    const identity = await service.identity();
    return (await identity.createUser(operation)).communicationUserId;
  };

  const remove = async (refs: ProviderRefs, participant: ProviderRefs) => {
    const threadId = required(refs, 'threadId');
    const communicationUserId = required(participant, 'acs');
    try {
      await service.call((chat) =>
        chat.getChatThreadClient(threadId).removeParticipant({ communicationUserId }, operation),
      );
    } catch (error) {
      // Who is no longer in has left.
      if (statusOf(error) !== 404) throw error;
    }
  };

  return {
    name: 'acs',
    inLog: false,
    async open({ conversationId, customer }) {
      const acs = customer.providerRefs['acs'] ?? (await createUser());
      const participant = member(acs, customer.displayName);
      const { chatThread, invalidParticipants = [] } = await service.call((chat) =>
        chat.createChatThread(
          { topic: conversationId },
          // Tried again under the same token, the thread is still opened once.
          { ...operation, participants: [participant], idempotencyToken: conversationId },
        ),
      );
      const threadId = chatThread?.id;
      if (threadId === undefined) throw failed('open thread', 'ACS named none');
      if (invalidParticipants.length > 0) {
        await service.call((chat) => chat.deleteChatThread(threadId, operation));
        throw failed('open thread', 'ACS refused the customer');
      }
      return { providerRefs: { endpoint: connection.endpoint, threadId }, customerRefs: { acs } };
    },
    async join({ providerRefs }, { displayName, providerRefs: refs }) {
      const threadId = required(providerRefs, 'threadId');
      const acs = refs['acs'] ?? (await createUser());
      const { invalidParticipants = [] } = await service.call((chat) =>
        chat.getChatThreadClient(threadId).addParticipants({ participants: [member(acs, displayName)] }, operation),
      );
      if (invalidParticipants.length > 0) throw failed('join thread', 'ACS refused the agent');
      return { acs };
    },
    leave: (channel, agent) => remove(channel.providerRefs, agent.providerRefs),
    close: (channel, customer) => remove(channel.providerRefs, customer.providerRefs),
    async identify({ id, providerRefs }) {
      if (providerRefs['acs'] !== undefined) return {};
      const known = agents.get(id) ?? createUser();
      agents.set(id, known);
      known.catch(() => agents.delete(id));
      return { acs: await known };
    },
    async token(refs) {
      const identity = await service.identity();
      const user = { communicationUserId: required(refs, 'acs') };
      const { token, expiresOn } = await identity.getToken(user, [...memberScopes], operation);
      return { token, expiresOn: expiresOn.getTime(), kind: 'acsUser' };
    },
  };
}

function member(acs: string, displayName: string) {
  return { id: { communicationUserId: acs }, displayName, shareHistoryTime: fromTheBeginning };
}

function required(refs: ProviderRefs, name: string): string {
  const value = refs[name];
  if (value === undefined) throw failed('use thread', `there is no ${name} in its providerRefs`);
  return value;
}

function failed(action: string, why: string): ContactCenterError {
  return new ContactCenterError('channel/unavailable', `unable to ${action}; ${why}`, { provider: { name: 'acs' } });
}
