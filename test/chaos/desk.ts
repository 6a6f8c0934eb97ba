import {
  createConversation,
  createEnvironment,
  createLive,
  createTokens,
  type ChatProvider,
  type Conversation,
  type ConversationRecord,
  type MessageItem,
} from 'onescreen';
import { createChat } from 'onescreen/chat';
import { acsChat, type AcsChatModule, type AcsChatOptions } from 'onescreen/acs/chat';
import { type Side } from './side';
import type { TokenSource } from './token-source';
import type { Place } from './world';

/** An agent's conversation over acsChat(), fed by the official client. */
export interface Desk extends Side {
  readonly conversation: Conversation;
  /** Every status the channel has had, in order. */
  readonly statuses: readonly string[];
  readonly tokenStatuses: readonly string[];
  /** Every state that a message of the agent's has had, in order, repetitions left out. */
  readonly sendStates: readonly string[];
}

export interface DeskOptions {
  readonly loadChat: () => Promise<AcsChatModule>;
  readonly tokens: TokenSource;
  readonly chat?: AcsChatOptions;
}

export function openDesk(place: Place, options: DeskOptions): Desk {
  const { clock, random } = place;
  const environment = createEnvironment({ clock, random: random.fork('desk') });
  const tokens = createTokens(options.tokens.get, environment);
  const versions = new Map<number, number>();
  const provider = recordingVersions(
    acsChat({ realtime: true, loadChat: options.loadChat, ...options.chat }),
    versions,
  );
  const unavailable = () => Promise.reject(new Error('there is no control plane here'));
  const open = createConversation({
    id: 'conversation',
    self: 'agent',
    providers: [provider],
    tokens,
    environment,
    controlPlane: { online$: createLive(true).live, command: unavailable },
    end: unavailable,
    setContext: unavailable,
  });
  const statuses: string[] = [];
  open.load(recordOf(place));
  const { conversation } = open;
  const chat = conversation.channel('chat');
  if (chat === undefined) throw new Error('unable to open the chat; the conversation has no channel');
  chat.state$.subscribe(({ status }) => note(statuses, status));
  const tokenStatuses: string[] = [];
  tokens.state$.subscribe(({ chat: status }) => status && note(tokenStatuses, status));

  const messages = () =>
    [...conversation.timeline$.value].filter((item): item is MessageItem => item.kind === 'message');
  const sendStates: string[] = [];
  conversation.timeline$.subscribe(() => {
    const { length } = conversation.timeline$.value;
    // The newest is near the end; looking through them all would cost more than the chat.
    const newest = conversation.timeline$.value
      .slice(Math.max(0, length - 20))
      .flatMap((item) => (item.kind === 'message' && item.direction === 'out' ? [item] : []))
      .at(-1);
    if (newest !== undefined) note(sendStates, newest.state);
  });
  return {
    ...{ conversation, statuses, tokenStatuses, sendStates },
    shown: () =>
      messages().map(({ at, text, deletedAt }) => ({
        id: at.getTime(),
        version: versions.get(at.getTime()),
        text,
        deleted: deletedAt !== undefined,
      })),
    async send(text) {
      await chat.send(text);
    },
    own: () =>
      messages()
        .filter(
          ({ direction, state, deletedAt }) =>
            direction === 'out' && state !== 'sending' && state !== 'queued' && deletedAt === undefined,
        )
        .map(({ id }) => id),
    edit: (message, text) => chat.edit(message, text),
    delete: (message) => chat.delete(message),
    connected: () => chat.state$.value.status === 'connected',
    async close() {
      await open.close();
      await tokens.close();
    },
  };
}

/** The same provider; notes the newest version that it has brought of each message, which timelines do not show. */
function recordingVersions(provider: ChatProvider, versions: Map<number, number>): ChatProvider {
  return createChat({
    channel: provider.channel,
    name: provider.name,
    open(context) {
      const session = provider.open(context);
      session.items$.subscribe((items) => {
        for (const item of items) {
          if (item.kind === 'message') versions.set(item.at, Math.max(versions.get(item.at) ?? 0, item.version));
        }
      });
      return session;
    },
  });
}

/** A conversation's log as the control plane would have it: the customer, the agent and their channel. */
function recordOf({ agent, customer, endpoint, threadId, clock }: Place): ConversationRecord {
  const base = { at: clock.now(), by: { kind: 'system' } } as const;
  const refs = (acs: string) => ({ providerRefs: { acs } });
  return {
    id: 'conversation',
    self: 'agent',
    more: false,
    entries: [
      { ...base, seq: 1, type: 'conversation-opened', context: {} },
      {
        ...{ ...base, seq: 2, type: 'participant-joined' },
        participant: { id: 'customer', role: 'customer', displayName: 'Carla', ...refs(customer.id) },
      },
      {
        ...{ ...base, seq: 3, type: 'participant-joined' },
        participant: { id: 'agent', role: 'agent', displayName: 'Anton', ...refs(agent) },
      },
      {
        ...{ ...base, seq: 4, type: 'channel-opened', channelId: 'channel', channel: 'chat', provider: 'acs' },
        providerRefs: { endpoint, threadId },
      },
    ],
  };
}

function note(states: string[], state: string): void {
  if (states.at(-1) !== state) states.push(state);
}
