import type { RateLimit } from '../rate-budget';

/** Send, edit and delete together, per thread. Source: azure-docs, communication-services/concepts/service-limits.md. */
export const documentedChangeLimits: readonly RateLimit[] = [
  { count: 10, windowMs: 10_000 },
  { count: 30, windowMs: 60_000 },
];

/** Listing messages, per user and thread: 50 in 10 s and 200 in a minute; a fifth is left to the user's other desks. */
export const readLimits: readonly RateLimit[] = [
  { count: 40, windowMs: 10_000 },
  { count: 160, windowMs: 60_000 },
];

/** Read receipts, per user and thread. Source: as above. */
export const receiptLimits: readonly RateLimit[] = [
  { count: 10, windowMs: 10_000 },
  { count: 30, windowMs: 60_000 },
];
