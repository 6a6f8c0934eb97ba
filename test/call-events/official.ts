/** The unmodified official client, as it works over `fetch`. */
export const official = {
  browser: ['@azure/communication-call-automation', '@azure/communication-common'],
} as const;
