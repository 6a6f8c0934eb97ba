import { skill } from 'onescreen/routing';
import type {
  AgentIdentity,
  Contact,
  DirectoryQuery,
  QueueOptions,
  RequestedCallback,
  RouteDecision,
  StartRequest,
} from 'onescreen/server';
import { agentOfToken } from '../development-sign-in';
import { topics } from '../topics';
import { simulatedExpert, teamsPeople } from './teams-side';

/** Object id of the emulated Teams resource account, and its number: that is where customers call. */
export const resourceAccount = '6f1c8a52-3d0e-4f57-9b1e-2a7d5c40e911';
export const phoneNumber = '+4930901820';

/** The demo's queue. Whoever lets an offer expire becomes unavailable, as with ACS Job Router. */
export const support: QueueOptions = {
  id: 'support',
  name: 'Support',
  offerTtlMs: 60_000,
  wrapUp: {
    required: true,
    limitMs: 120_000,
    maxExtensions: 2,
    dispositions: [
      { code: 'resolved', label: 'Resolved' },
      { code: 'follow-up', label: 'Needs follow-up' },
      { code: 'passed-on', label: 'Passed on to another team' },
      { code: 'no-answer', label: 'Customer did not answer' },
    ],
  },
};

/** Who knows more; customers come here by transfer alone. */
export const specialists: QueueOptions = { ...support, id: 'specialists', name: 'Specialists' };

/** Whom agents find beside each other: simulated phones that answer, and people of the house in Teams. */
export function directory({ text, limit }: DirectoryQuery): readonly Contact[] {
  const wanted = text.toLowerCase();
  return contacts.filter(({ displayName }) => displayName.toLowerCase().includes(wanted)).slice(0, limit);
}

const contacts: readonly Contact[] = [
  { displayName: 'Carla Jung', detail: 'Warehouse', phone: '+493090182101' },
  { displayName: 'Night desk', detail: 'after hours', phone: '+493090182199' },
  ...[simulatedExpert, ...teamsPeople].map(({ id, displayName }) => ({
    ...{ displayName, detail: 'Expert, in Teams', teamsUser: id },
  })),
];

/**
 * Where customers may be called back who name a number. Every phone is simulated here; with real ones, allow the number of
 * the customer's own account, or one that was confirmed.
 */
export function allowCallback({ phone }: RequestedCallback): boolean {
  return phone.startsWith('+49');
}

export const reasons = [
  { code: 'break', label: 'Break' },
  { code: 'lunch', label: 'Lunch' },
  { code: 'training', label: 'Training' },
];

const skills: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ada: { billing: 5, delivery: 4, returns: 3, product: 4, account: 3 },
  grace: { billing: 3, delivery: 5, returns: 4, product: 3, account: 5 },
  ben: { billing: 4, delivery: 3, returns: 5, product: 5, account: 4 },
};

/** DEVELOPMENT SIGN-IN, NOT FOR PRODUCTION: believes the token. Verify your identity provider's token here instead. */
export function authenticate(request: Request): AgentIdentity | undefined {
  const agent = agentOfToken(request.headers.get('authorization'));
  if (agent === undefined) return undefined;
  // A call takes two of four units and a meeting one, so that a chat may go on beside both.
  const channels = [
    { channel: 'chat', cost: 1 },
    { channel: 'sms', cost: 1 },
    { channel: 'voice', cost: 2, max: 1 },
    { channel: 'meeting', cost: 1, max: 1 },
  ];
  const queues = agent.id === 'ada' ? [support.id] : [support.id, specialists.id];
  return { ...agent, queues, labels: skills[agent.id] ?? {}, capacity: 4, channels };
}

/** What the customer asks about is the skill that the agent must have. */
export function route({ context }: StartRequest): RouteDecision {
  const topic = topics.find((one) => one === context['topic']);
  return topic === undefined ? {} : { selectors: [skill(topic, 3)] };
}
