import { ContactCenterError, type Capability, type ChatCapabilities } from 'onescreen';

/** Longest message, in bytes of UTF-8: 28 KB, the same as ACS Chat's, so that a conversation may change its host. */
export const maxMessageBytes = 28 * 1024;

const yes: Capability = { supported: true, executor: 'controlPlane' };

/** What can be done. Messages, edits, deletions and receipts wait for the link; typing and reading need it now. */
export function hostedChatCapabilities(state: 'online' | 'offline' | 'closed'): ChatCapabilities {
  const lasting: Capability = state === 'closed' ? { supported: false, reason: 'closed' } : yes;
  const momentary: Capability = state === 'offline' ? { supported: false, reason: 'not-connected' } : lasting;
  return {
    actions: {
      send: lasting,
      sendHtml: lasting,
      edit: lasting,
      delete: lasting,
      markRead: lasting,
      typing: momentary,
      loadMore: momentary,
    },
    maxMessageBytes,
  };
}

/** @throws ContactCenterError `message/too-large` */
export function requireSize(content: string, what: string): void {
  // No text is longer in UTF-16 units than in bytes of UTF-8, and short ones need no count.
  if (content.length * 3 <= maxMessageBytes) return;
  if (new TextEncoder().encode(content).byteLength <= maxMessageBytes) return;
  throw new ContactCenterError('message/too-large', `unable to ${what}; it is larger than 28 KB`);
}
