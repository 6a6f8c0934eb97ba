import type { Labels } from 'onescreen';

/** What a scripted customer is and does. Times are in milliseconds; of a pair one in between is drawn. */
export interface CustomerScript {
  readonly displayName: string;
  readonly id?: string;
  readonly queueId?: string;
  readonly context?: Labels;
  /** The first message. */
  readonly opening: string;
  /** One after each answer of an agent. */
  readonly replies: readonly string[];
  /** Time to read an answer and to write the next message. Default 3 to 12 s. */
  readonly thinkMs?: readonly [number, number];
  /** Longest wait for an agent, and for an answer, before leaving. Default 10 min. */
  readonly patienceMs?: number;
  /** Whether the customer ends the chat when everything is said. Default: waits for the agent to end it. */
  readonly leaves?: boolean;
}

/** Customers of an online shop, as the demo shows them. */
export const shopCustomers: readonly CustomerScript[] = [
  {
    displayName: 'Maja Lindqvist',
    id: 'c-1041',
    context: { topic: 'delivery', order: 'A-20417', language: 'en', customerSince: 2021 },
    opening: 'Hi, my parcel was meant to come yesterday, but tracking has not moved since Friday.',
    replies: ['The number is A-20417.', 'Somebody is home all afternoon.', 'Great, thank you!'],
  },
  {
    displayName: 'Tomás Ortega',
    id: 'c-2210',
    context: { topic: 'returns', order: 'A-19883', language: 'en', tier: 'gold' },
    opening: 'I would like to send back the grey headphones, they are too small for me.',
    replies: ['They are unused, I still have the box.', 'A refund, please.', 'Perfect, thanks.'],
    leaves: true,
  },
  {
    displayName: 'Priya Nair',
    id: 'c-0377',
    context: { topic: 'billing', invoice: 'R-7712', language: 'en', tier: 'gold' },
    opening: 'I was charged twice for my last order. Can you check that?',
    replies: ['Invoice R-7712, both on the 3rd.', 'Yes, the same card.', 'How long does that take?', 'All right.'],
  },
  {
    displayName: 'Jonas Weber',
    context: { topic: 'product', language: 'en' },
    opening: 'Does the travel adapter work in Brazil?',
    replies: ['Both plug types?', 'Then I will order one. Thanks!'],
    thinkMs: [2_000, 8_000],
    leaves: true,
  },
  {
    displayName: 'Aiko Tanaka',
    id: 'c-3158',
    context: { topic: 'account', language: 'en', customerSince: 2019 },
    opening: 'I cannot change the e-mail address of my account; the page says the link has expired.',
    replies: ['I asked for it this morning.', 'Ah, now it works.', 'Thank you for the quick help!'],
  },
  {
    displayName: 'Samuel Okafor',
    id: 'c-0915',
    context: { topic: 'delivery', order: 'A-20390', language: 'en' },
    opening: 'Can my order still go to another address?',
    replies: ['12 Harbour Street, the same city.', 'No, that is all.'],
    patienceMs: 300_000,
  },
];
