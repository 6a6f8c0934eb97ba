import { ContactCenterError, type Clock, type Random } from 'onescreen';
import type { ConversationPush, HostedChatCommands } from '../protocol/frames';
import type { Actor, LogEntry, LogFact } from '../protocol/log-entry';
import { unavailable } from './channel-work';
import type { Handlers } from './command-door';
import type { Conversation } from './conversation';

/** Longest message, in bytes of UTF-8, as text and as HTML each; the limit of ACS Chat (service limits). */
export const maxMessageBytes = 28 * 1_024;

/** A participant's typing is told of at most this often, in milliseconds. */
const typingEveryMs = 1_000;

/** Somebody in a conversation. */
export interface Seat {
  readonly conversation: Conversation;
  readonly participantId: string;
}

export interface MessagesOptions {
  /** Who says it, as the log names them. */
  readonly actor: (seat: Seat) => Actor;
  /** The caller's seat. Throws `conversation/not-found` for a conversation that the caller has no part in. */
  readonly seat: (conversationId: string) => Seat;
  /** Whether the caller may use this channel of theirs. */
  readonly mayUse: (seat: Seat, channelId: string) => boolean;
  /** Tells everybody else in the conversation. */
  readonly tellOthers: (seat: Seat, push: ConversationPush) => void;
  readonly visible: (entries: readonly LogEntry[]) => readonly LogEntry[];
  readonly clock: Clock;
  readonly random: Random;
}

const done: Readonly<Record<string, never>> = {};

/** The commands of a chat that lives in the conversation log, for one agent or one customer. */
export function messageCommands(options: MessagesOptions): Handlers<HostedChatCommands> {
  const { actor, seat, mayUse, tellOthers, visible, clock, random } = options;
  const typedAt = new Map<string, number>();

  const requireUsable = (from: Seat, channelId: string) => {
    if (!mayUse(from, channelId)) throw notThere();
    requireLog(from.conversation, channelId);
  };
  const add = (from: Seat, channelId: string, fact: (by: Actor) => LogFact | undefined) => {
    const { conversation, participantId } = from;
    return conversation.log.inTurn(async () => {
      requireUsable(from, channelId);
      if (conversation.present(participantId) === undefined) throw notThere();
      const by = actor(from);
      const wanted = fact(by);
      if (wanted === undefined) return;
      await conversation.append(by, wanted).catch((error: unknown) => {
        throw unavailable('unable to change chat; it could not be stored', error);
      });
    });
  };

  return {
    async 'message/send'({ conversationId, channelId, clientId, text, html }) {
      const from = seat(conversationId);
      checkSize(text, html);
      const { conversation, participantId } = from;
      await add(from, channelId, () => {
        if (conversation.messageSent(participantId, clientId) !== undefined) return undefined;
        const message = { id: random.id(), clientId, from: participantId, text, ...(html !== undefined && { html }) };
        return { type: 'message', channelId, message };
      });
      const sent = conversation.messageSent(participantId, clientId);
      if (sent === undefined)
        throw new ContactCenterError('command/failed', 'unable to send message; it was not stored');
      return sent;
    },
    async 'message/edit'({ conversationId, channelId, messageId, text }) {
      const from = seat(conversationId);
      checkSize(text, undefined);
      await add(from, channelId, () => {
        requireOwn(from, messageId, 'edit');
        return { type: 'message-edited', channelId, messageId, text };
      });
      return done;
    },
    async 'message/delete'({ conversationId, channelId, messageId }) {
      const from = seat(conversationId);
      await add(from, channelId, () => {
        if (from.conversation.message(messageId)?.deleted === true) return undefined;
        requireOwn(from, messageId, 'delete');
        return { type: 'message-deleted', channelId, messageId };
      });
      return done;
    },
    async 'message/read'({ conversationId, channelId, messageId }) {
      const from = seat(conversationId);
      await add(from, channelId, () => {
        const known = from.conversation.message(messageId);
        if (known === undefined) throw notFound('mark message as read');
        return from.conversation.hasRead(from.participantId, known.seq)
          ? undefined
          : { type: 'message-read', channelId, messageId };
      });
      return done;
    },
    'message/typing'({ conversationId, channelId }) {
      const from = seat(conversationId);
      requireUsable(from, channelId);
      const now = clock.now();
      const last = typedAt.get(conversationId);
      if (last !== undefined && now - last < typingEveryMs) return done;
      // Only conversations with somebody typing right now matter.
      for (const [id, at] of typedAt) if (now - at >= typingEveryMs) typedAt.delete(id);
      typedAt.set(conversationId, now);
      tellOthers(from, { type: 'typing', conversationId, channelId, participantId: from.participantId });
      return done;
    },
    async 'log/before'({ conversationId, seq, pageSize }) {
      const { entries, more } = await seat(conversationId).conversation.log.before(seq, pageSize);
      return { entries: visible(entries), more };
    },
  };
}

function requireLog(conversation: Conversation, channelId: string): void {
  if (conversation.requireChannel(channelId).host.inLog) return;
  throw new ContactCenterError(
    'channel/not-permitted',
    'unable to use channel; its messages do not go through this server',
  );
}

function checkSize(text: string, html: string | undefined): void {
  if (text === '' && (html ?? '') === '') {
    throw new ContactCenterError('command/invalid', 'unable to send message; it is empty', { field: 'text' });
  }
  for (const [field, value] of [
    ['text', text],
    ['html', html ?? ''],
  ] as const) {
    if (Buffer.byteLength(value) <= maxMessageBytes) continue;
    throw new ContactCenterError(
      'message/too-large',
      `unable to send message; it has more than ${maxMessageBytes} bytes`,
      {
        field,
      },
    );
  }
}

function requireOwn({ conversation, participantId }: Seat, messageId: string, action: string): void {
  const known = conversation.message(messageId);
  if (known === undefined || known.deleted) throw notFound(`${action} message`);
  if (known.from !== participantId) {
    throw new ContactCenterError('channel/not-permitted', `unable to ${action} message; somebody else wrote it`);
  }
}

function notFound(action: string): ContactCenterError {
  return new ContactCenterError('message/not-found', `unable to ${action}; there is none of this id`);
}

export function notThere(): ContactCenterError {
  return new ContactCenterError('conversation/not-found', 'unable to use conversation; there is none of this id here');
}
