/** What the demo's customers ask about; each is a skill of some agents. */
export const topics = ['billing', 'delivery', 'returns', 'product', 'account'] as const;
