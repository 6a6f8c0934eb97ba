import {
  isPending,
  type ChannelFold,
  type FoldedTimeline,
  type Identities,
  type ItemEvent,
  type MessageItem,
  type ProviderMessage,
  type ProviderReceipt,
  type SendingEvent,
} from 'onescreen';

/**
 * What one channel's next item has to be compared with. Changes in place; only the newest fold may use it. A class: to the
 * engine, object literals with a getter are each of another shape, which is slow where there are many.
 */
export class MessageFold implements ChannelFold {
  readonly channelId: string;
  /** By provider id: what the timeline shows of it. */
  readonly messages = new Map<string, MessageItem>();
  /** By provider id: messages of senders whom nobody has introduced yet. */
  readonly unnamed = new Map<string, ProviderMessage>();
  /** By client id: own messages that no provider has brought yet. */
  readonly pending = new Map<string, MessageItem>();
  /** By client id of an own message: the provider's id. */
  readonly settled = new Map<string, string>();
  /** By the reader's name at the provider: everything up to this server time is seen. */
  readonly horizons = new Map<string, number>();
  /** Server time up to which somebody else has seen everything. */
  readUpTo = -Infinity;
  /** Server time up to which this participant has. */
  seenUpTo = -Infinity;
  /** Server time before which messages have left memory: what comes of them is ignored until they are recalled. */
  forgottenBefore = -Infinity;
  /** By provider id: server times of messages that have left memory unread, which count until they are seen. */
  readonly forgottenUnread = new Map<string, number>();
  unread = 0;

  constructor(channelId: string) {
    this.channelId = channelId;
  }

  take(timeline: FoldedTimeline, event: ItemEvent | SendingEvent, who: Identities): FoldedTimeline {
    if (event.type === 'sending') return foldSending(timeline, this, event);
    const { item } = event;
    return item.kind === 'message' ? foldMessage(timeline, this, item, who) : foldReceipt(timeline, this, item, who);
  }

  identify(timeline: FoldedTimeline, who: Identities): FoldedTimeline {
    return foldIdentity(timeline, this, who);
  }

  oldestOf(timeline: FoldedTimeline, keep: number): number | undefined {
    return oldestOf(timeline, this, keep);
  }

  forget(timeline: FoldedTimeline, before: number): FoldedTimeline {
    return forget(timeline, this, before);
  }

  recall(): void {
    this.forgottenBefore = -Infinity;
  }
}

/** Folds a message that the provider brought; the same timeline when it says nothing new. */
function foldMessage(
  timeline: FoldedTimeline,
  channel: MessageFold,
  message: ProviderMessage,
  who: Identities,
): FoldedTimeline {
  const known = channel.messages.get(message.providerId);
  if (known === undefined ? message.at < channel.forgottenBefore : known.version >= message.version) return timeline;
  const from = who.participantOf(message.sender);
  const clientId = from === who.self ? message.clientId : undefined;
  const pending = clientId === undefined ? undefined : channel.pending.get(clientId);
  if (clientId !== undefined) {
    channel.pending.delete(clientId);
    channel.settled.set(clientId, message.providerId);
  }
  if (from === undefined) channel.unnamed.set(message.providerId, message);
  const before = known ?? pending;
  const item = toItem(channel, message, from, before, clientId, who);
  channel.messages.set(message.providerId, item);
  const { forgottenUnread } = channel;
  const wasUnread =
    before === undefined
      ? forgottenUnread.size > 0 && forgottenUnread.delete(message.providerId)
      : isUnread(channel, before);
  channel.unread += Number(isUnread(channel, item)) - Number(wasUnread);
  return before === undefined ? timeline.with(item) : timeline.replace(before, item);
}

/** Folds the progress of a message on its way out; ignored once the provider has brought it. */
function foldSending(timeline: FoldedTimeline, channel: MessageFold, event: SendingEvent): FoldedTimeline {
  if (channel.settled.has(event.clientId)) return timeline;
  const before = channel.pending.get(event.clientId);
  const item: MessageItem = {
    kind: 'message',
    id: pendingId(channel.channelId, event.clientId),
    at: before?.at ?? new Date(event.at),
    source: channel.channelId,
    seq: before?.seq ?? event.seq,
    channelId: channel.channelId,
    version: 0,
    direction: 'out',
    text: event.text,
    ...(event.html !== undefined && { html: event.html }),
    state: event.state,
    ...(event.error !== undefined && { error: event.error }),
  };
  channel.pending.set(event.clientId, item);
  return before === undefined ? timeline.with(item) : timeline.replace(before, item);
}

/** Folds that a reader has seen everything up to a server time: own messages up to there become `read`. */
function foldReceipt(
  timeline: FoldedTimeline,
  channel: MessageFold,
  receipt: ProviderReceipt,
  who: Identities,
): FoldedTimeline {
  const { readUpTo } = channel;
  if (receipt.upTo <= (channel.horizons.get(receipt.reader) ?? -Infinity)) return timeline;
  channel.horizons.set(receipt.reader, receipt.upTo);
  findHorizons(channel, who);
  if (who.participantOf(receipt.reader) === who.self) {
    channel.unread = countUnread(timeline, channel);
    return timeline;
  }
  return markRead(timeline, channel, readUpTo);
}

/** After somebody was introduced: what came under that name before is folded again. */
function foldIdentity(timeline: FoldedTimeline, channel: MessageFold, who: Identities): FoldedTimeline {
  const { readUpTo, seenUpTo } = channel;
  findHorizons(channel, who);
  let next = timeline;
  for (const [providerId, message] of [...channel.unnamed]) {
    if (who.participantOf(message.sender) === undefined) continue;
    const shown = channel.messages.get(providerId);
    channel.unnamed.delete(providerId);
    channel.messages.delete(providerId);
    if (shown !== undefined) next = next.without(shown);
    next = foldMessage(next, channel, message, who);
  }
  next = markRead(next, channel, readUpTo);
  if (next !== timeline || channel.seenUpTo !== seenUpTo) channel.unread = countUnread(next, channel);
  return next;
}

function oldestOf(timeline: FoldedTimeline, channel: MessageFold, keep: number): number | undefined {
  if (channel.messages.size <= keep) return undefined;
  let left = keep;
  // The newest of the others' stays, by which all that is unread is marked as read.
  let isReadable = channel.unread === 0;
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item?.kind !== 'message' || item.channelId !== channel.channelId || isPending(item)) continue;
    left--;
    isReadable ||= item.direction === 'in';
    if (left <= 0 && isReadable) return item.at.getTime();
  }
  return undefined;
}

/** Lets go of stored messages of before a server time. */
function forget(timeline: FoldedTimeline, channel: MessageFold, before: number): FoldedTimeline {
  const gone = new Set<string>();
  for (const [providerId, item] of channel.messages) {
    if (item.at.getTime() >= before) continue;
    gone.add(providerId);
    if (isUnread(channel, item)) channel.forgottenUnread.set(providerId, item.at.getTime());
    channel.messages.delete(providerId);
    channel.unnamed.delete(providerId);
  }
  channel.forgottenBefore = before;
  if (gone.size === 0) return timeline;
  for (const [clientId, providerId] of channel.settled) if (gone.has(providerId)) channel.settled.delete(clientId);
  return timeline.filter(
    (item) =>
      item.kind !== 'message' ||
      item.channelId !== channel.channelId ||
      item.source !== channel.channelId ||
      isPending(item) ||
      item.at.getTime() >= before,
  );
}

/** The provider's id of a message that the timeline shows; undefined while it is only on its way. */
export function providerIdOf(channel: MessageFold, itemId: string): string | undefined {
  const key = itemId.slice(channel.channelId.length + 1);
  const providerId = key.startsWith('~') ? channel.settled.get(key.slice(1)) : key;
  return providerId !== undefined && channel.messages.has(providerId) ? providerId : undefined;
}

/** Client id of a message that is only on its way. */
export function pendingClientIdOf(channel: MessageFold, itemId: string): string | undefined {
  const clientId = itemId.slice(channel.channelId.length + 2);
  return pendingId(channel.channelId, clientId) === itemId && channel.pending.has(clientId) ? clientId : undefined;
}

// Field by field, and what nearly all have among the first: every event makes one, and what is added to an object later is
// kept apart from it.
function toItem(
  channel: MessageFold,
  message: ProviderMessage,
  from: string | undefined,
  before: MessageItem | undefined,
  clientId: string | undefined,
  who: Identities,
): MessageItem {
  const { channelId } = channel;
  const { seq, version, senderName: fromName, text, editedAt } = message;
  const own = from === who.self;
  const kind = 'message';
  const id = before?.id ?? idOf(channel, message.providerId, clientId);
  const at = before?.at.getTime() === message.at ? before.at : new Date(message.at);
  const direction = own ? 'out' : 'in';
  const state = own && message.at <= channel.readUpTo ? 'read' : 'sent';
  const source = channelId;
  const edited = editedAt === undefined ? undefined : new Date(editedAt);
  const item: { -readonly [Field in keyof MessageItem]: MessageItem[Field] } =
    from === undefined || fromName === undefined
      ? { kind, id, at, source, seq, channelId, version, direction, text, state }
      : edited === undefined
        ? { kind, id, at, source, seq, channelId, version, direction, text, state, from, fromName }
        : { kind, id, at, source, seq, channelId, version, direction, text, state, from, fromName, editedAt: edited };
  if (from !== undefined) item.from = from;
  if (fromName !== undefined) item.fromName = fromName;
  if (message.html !== undefined) item.html = message.html;
  if (edited !== undefined) item.editedAt = edited;
  if (message.deletedAt !== undefined) item.deletedAt = new Date(message.deletedAt);
  return item;
}

/** Own messages after `since` that others have seen become `read`. */
function markRead(timeline: FoldedTimeline, channel: MessageFold, since: number): FoldedTimeline {
  let next = timeline;
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item === undefined || (!isPending(item) && item.at.getTime() <= since)) break;
    if (item.kind !== 'message' || item.channelId !== channel.channelId) continue;
    if (item.state !== 'sent' || item.direction === 'in' || item.at.getTime() > channel.readUpTo) continue;
    const providerId = providerIdOf(channel, item.id);
    if (providerId === undefined) continue;
    const after: MessageItem = { ...item, state: 'read' };
    channel.messages.set(providerId, after);
    next = next.replace(item, after);
  }
  return next;
}

function countUnread(timeline: FoldedTimeline, channel: MessageFold): number {
  const { forgottenUnread, seenUpTo } = channel;
  for (const [providerId, at] of forgottenUnread) if (at <= seenUpTo) forgottenUnread.delete(providerId);
  let count = forgottenUnread.size;
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item === undefined || (!isPending(item) && item.at.getTime() <= channel.seenUpTo)) break;
    if (item.kind === 'message' && item.channelId === channel.channelId && isUnread(channel, item)) count++;
  }
  return count;
}

function isUnread({ seenUpTo }: MessageFold, item: MessageItem): boolean {
  return item.direction === 'in' && item.deletedAt === undefined && item.at.getTime() > seenUpTo;
}

/** Looks again at how far who has seen everything: receipts may come before their reader is introduced. */
function findHorizons(channel: MessageFold, who: Identities): void {
  channel.readUpTo = -Infinity;
  channel.seenUpTo = -Infinity;
  for (const [reader, upTo] of channel.horizons) {
    const participant = who.participantOf(reader);
    if (participant === who.self) channel.seenUpTo = Math.max(channel.seenUpTo, upTo);
    else if (participant !== undefined) channel.readUpTo = Math.max(channel.readUpTo, upTo);
  }
}

function idOf({ channelId }: MessageFold, providerId: string, clientId: string | undefined): string {
  return clientId === undefined ? `${channelId}/${providerId}` : pendingId(channelId, clientId);
}

function pendingId(channelId: string, clientId: string): string {
  return `${channelId}/~${clientId}`;
}
