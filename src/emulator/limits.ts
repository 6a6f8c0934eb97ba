/** At most `count` calls within any `windowMs`, counted for each user, thread, user in a thread, or the whole resource. */
export interface RateLimit {
  readonly count: number;
  readonly windowMs: number;
  readonly per: 'user' | 'thread' | 'user+thread' | 'resource';
}

const per10s = (count: number, per: RateLimit['per']): RateLimit => ({ count, windowMs: 10_000, per });
const perMinute = (count: number, per: RateLimit['per']): RateLimit => ({ count, windowMs: 60_000, per });
const per30s = (count: number): RateLimit => ({ count, windowMs: 30_000, per: 'resource' });

/** Request rates. Source: azure-docs, communication-services/concepts/service-limits.md. */
export const documentedRates = {
  /** Send, update and delete message share one budget. */
  changeMessage: [per10s(10, 'thread'), perMinute(30, 'thread')],
  createThread: [per10s(10, 'user')],
  deleteThread: [per10s(10, 'user')],
  updateThread: [per10s(5, 'thread')],
  changeParticipants: [per10s(10, 'thread'), perMinute(30, 'thread')],
  getThread: [per10s(50, 'user')],
  listThreads: [per10s(50, 'user')],
  getMessage: [per10s(50, 'user+thread'), per10s(250, 'thread')],
  listMessages: [
    per10s(50, 'user+thread'),
    perMinute(200, 'user+thread'),
    per10s(250, 'thread'),
    perMinute(400, 'thread'),
  ],
  typing: [per10s(5, 'user+thread'), perMinute(15, 'user+thread'), per10s(10, 'thread'), perMinute(30, 'thread')],
  sendReadReceipt: [per10s(10, 'user+thread'), perMinute(30, 'user+thread')],
  createIdentity: [per30s(1000)],
  issueToken: [per30s(1000)],
  deleteIdentity: [per30s(500)],
  revokeTokens: [per30s(500)],
} as const satisfies Record<string, readonly RateLimit[]>;

export type RateName = keyof typeof documentedRates;

/** Sizes. Source: azure-docs, communication-services/concepts/service-limits.md and concepts/chat/concepts.md. */
export const documentedSizes = {
  participantsPerThread: 250,
  participantsPerRequest: 200,
  /** Longest page of a list; a larger `maxPageSize` is cut to it. */
  pageSize: 200,
  /** Content and metadata of one message, in bytes. */
  messageBytes: 28 * 1024,
  /** Metadata of a thread or of a participant, in bytes. Source: the chat service's OpenAPI description. */
  metadataBytes: 1024,
  /** Read receipts and typing notifications work in threads of at most this many. */
  participantsForReceipts: 20,
} as const;

export type SizeName = keyof typeof documentedSizes;

/** `false` switches every limit off; otherwise each one given replaces the documented one, `false` switching it off. */
export type LimitOptions =
  | false
  | {
      readonly rates?: false | { readonly [Name in RateName]?: readonly RateLimit[] | false };
      readonly sizes?: false | { readonly [Name in SizeName]?: number | false };
    };

/** The limits in force. */
export interface EmulatorLimits {
  /** Every limit that a call counts against; empty when switched off. */
  rate(name: RateName): readonly RateLimit[];
  /** `Infinity` when switched off. */
  size(name: SizeName): number;
}

export function resolveLimits(options: LimitOptions = {}): EmulatorLimits {
  const { rates, sizes } = options === false ? { rates: false as const, sizes: false as const } : options;
  return {
    rate: (name) => (rates === false ? [] : (rates?.[name] ?? documentedRates[name]) || []),
    size: (name) => (sizes === false ? Infinity : (sizes?.[name] ?? documentedSizes[name]) || Infinity),
  };
}
