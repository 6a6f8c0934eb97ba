import type { Capability, ChatCapabilities, DenyReason } from 'onescreen';

/** Longest content and metadata of a message, in bytes. Source: azure-docs, communication-services/concepts/service-limits.md. */
const documentedMessageBytes = 28 * 1024;

/** What our metadata takes of it. */
const metadataBytes = 128;

/** Bytes of UTF-8 that a message's content may have. */
export const maxMessageBytes = documentedMessageBytes - metadataBytes;

/** Receipts and typing work in threads of at most this many. Source: as above. */
export const maxParticipantsForReceipts = 20;

export interface ThreadFacts {
  /** Undefined while unknown. */
  readonly participants: number | undefined;
  /** False once the service said that this user is no participant. */
  readonly permitted: boolean;
  readonly closed: boolean;
  readonly html: boolean;
}

const yes: Capability = { supported: true, executor: 'client' };

export function capabilitiesOf({ participants = 0, permitted, closed, html }: ThreadFacts): ChatCapabilities {
  const write = closed ? no('closed') : permitted ? yes : no('no-permission', 'not a participant of the thread');
  const crowded = participants > maxParticipantsForReceipts;
  const signal =
    write.supported && crowded ? no('not-supported', `more than ${maxParticipantsForReceipts} participants`) : write;
  return {
    actions: {
      send: write,
      sendHtml: write.supported && !html ? no('not-supported', 'HTML needs a DOM to be made safe') : write,
      edit: write,
      delete: write,
      markRead: signal,
      typing: signal,
      loadMore: closed ? no('closed') : yes,
    },
    maxMessageBytes,
  };
}

function no(reason: DenyReason, detail?: string): Capability {
  return { supported: false, reason, ...(detail !== undefined && { detail }) };
}
