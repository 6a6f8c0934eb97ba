import { describe, expect, it } from 'vitest';
import { contactCenter } from './contact-center';

/** Nothing of what was sent is to be read in an error. */
const secret = '+4930901820';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

/** A command, its arguments, and what is said about them. */
const refused: readonly (readonly [string, unknown, string])[] = [
  ['availability/set', { whenBusy: 'now' }, 'availability is missing'],
  [
    'availability/set',
    { availability: { kind: secret }, whenBusy: 'now' },
    'availability.kind must be "available" or "unavailable"',
  ],
  ['availability/set', { availability: {}, whenBusy: 'now' }, 'availability.kind must be "available" or "unavailable"'],
  ['availability/set', { availability: secret, whenBusy: 'now' }, 'availability must be an object'],
  [
    'availability/set',
    { availability: { kind: 'unavailable', reason: '' }, whenBusy: 'now' },
    'availability.reason must not be empty',
  ],
  [
    'availability/set',
    { availability: { kind: 'available' }, whenBusy: secret },
    'whenBusy must be "now" or "after-current"',
  ],
  ['offer/accept', {}, 'offerId is missing'],
  ['offer/accept', { offerId: 7 }, 'offerId must be a string'],
  ['offer/accept', { offerId: secret.repeat(30) }, 'offerId must have at most 256 characters'],
  ['offer/accept', secret, 'args must be an object'],
  ['offer/decline', { offerId: 'o', retryAt: 1.5 }, 'retryAt must be a whole number'],
  ['task/requeue', { taskId: 't', priority: 101 }, 'priority must be at most 100'],
  ['task/requeue', { taskId: 't', priority: -101 }, 'priority must be at least -100'],
  ['task/requeue', { taskId: 't', suspend: secret }, 'suspend must be true or false'],
  [
    'task/transfer',
    { taskId: 't', to: { fax: secret } },
    'to must have one of agent, phone, teamsUser, queue and voicemail, as a string',
  ],
  ['consult/start', { taskId: 't', to: secret }, 'to must have one of agent, phone and teamsUser, as a string'],
  [
    'call/dial',
    { to: { phone: secret, agent: secret } },
    'to must have one of phone, agent, teamsUser and teamsApp, as a string',
  ],
  [
    'consult/act',
    { conversationId: 'c', consultId: 'k', action: secret },
    'action must be "swap", "merge", "complete" or "cancel"',
  ],
  [
    'call/tones',
    { conversationId: 'c', channelId: 'v', tones: secret },
    'tones must be 1 to 32 of 0 to 9, *, # and A to D',
  ],
  ['phone/report', { ready: true, reasons: Array(17).fill('r') }, 'reasons must have at most 16 entries'],
  ['phone/report', { ready: true, reasons: secret }, 'reasons must be a list'],
  ['availability/clear-next', { more: secret }, 'more is not known here'],
  [
    'meeting/report',
    { conversationId: 'c', channelId: 'm', report: { type: secret } },
    'report.type must be "self", "others" or "over"',
  ],
  ['context/set', { conversationId: 'c', patch: many(65) }, 'patch must have at most 64 labels'],
  [
    'context/set',
    { conversationId: 'c', patch: { topic: [secret] } },
    'patch.topic must be a string, a number or true or false',
  ],
  [
    'context/set',
    { conversationId: 'c', patch: { isAuthenticated: secret } },
    'patch.isAuthenticated must be true or false',
  ],
  [
    'context/set',
    { conversationId: 'c', patch: { callTopic: secret.repeat(5) } },
    'patch.callTopic must have at most 48 characters',
  ],
];

describe('a command that is refused', () => {
  it.each(refused)('%s %o says what was expected: %s', async (name, args, why) => {
    const ann = await contactCenter().desk('ann');
    const error = await ann.refusal(name, args);
    expect(error).toMatchObject({ code: 'command/invalid', message: `unable to carry out command; ${why}` });
    expect(JSON.stringify(error)).not.toContain(secret);
  });

  it('says so over HTTP as well', async () => {
    const { status, body } = await contactCenter().post('/conversations', { customer: {} });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: {
        message: 'unable to start conversation; customer.displayName is missing',
        field: 'customer.displayName',
      },
    });
  });
});
