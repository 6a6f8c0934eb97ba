import { createServer, type LogFields } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';
import { callCenter, deskWithPhone } from './scripted-calls';

const crm = 'https://crm.example';
const customer = { displayName: 'Cleo' };
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

/** Every line of a log, as text. */
function logged() {
  const lines: string[] = [];
  const line = (event: string, fields: LogFields = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`);
  return { lines, logger: { debug: line, info: line, warn: line, error: line } };
}

/** What is wrong, and the field that is to be named, below the context or the patch. */
const tooMuch: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['65 labels', many(65), ''],
  ['a key of 65 characters', { ['k'.repeat(65)]: 1 }, `.${'k'.repeat(65)}`],
  ['a key without characters', { '': 1 }, '.'],
  ['a text of 1,025 characters', { topic: 'x'.repeat(1_025) }, '.topic'],
  ['a topic of 49 characters', { callTopic: 'x'.repeat(49) }, '.callTopic'],
  ['a topic that is a number', { callTopic: 7 }, '.callTopic'],
  ['a record id that is a number', { recordId: 7 }, '.recordId'],
  ['a screen pop that is no text', { screenPopUrl: true }, '.screenPopUrl'],
  ['a text for whether the caller was recognised', { isAuthenticated: 'yes' }, '.isAuthenticated'],
  ['a list', { list: [] }, '.list'],
];

const enough = {
  ...many(60),
  ['k'.repeat(64)]: 'x'.repeat(1_024),
  callTopic: 'x'.repeat(48),
  isAuthenticated: true,
};

describe('a context', () => {
  it('may be as large as a custom context lets it be, with a topic that fits Teams', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await center.start('Cleo', { context: enough });
    await center.settle();
    expect(ann.offer.preview.context).toEqual(enough);
  });

  it.each(tooMuch)('of a start is refused for %s, with the field named', async (_, context, field) => {
    const { status, body } = await contactCenter().post('/conversations', { customer, context });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'command/invalid', field: `context${field}` } });
  });

  it.each(tooMuch)('is not changed by an agent who sets %s; the field is named', async (_, patch, field) => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId } = await inHand(center, ann);
    const refused = await ann.refusal('context/set', { conversationId, patch });
    expect(refused).toMatchObject({ code: 'command/invalid', field: `patch${field}` });
    expect(ann.entries(conversationId).map(({ type }) => type)).not.toContain('context-changed');
  });

  it('does not grow beyond its limit patch by patch, but can change and shrink there', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId } = await inHand(center, ann);
    await ann.do('context/set', { conversationId, patch: many(64) });
    const refused = await ann.refusal('context/set', { conversationId, patch: { one: 'more' } });
    expect(refused).toMatchObject({ code: 'command/invalid', field: 'patch' });
    await ann.do('context/set', { conversationId, patch: { k1: 'changed' } });
    await ann.do('context/set', { conversationId, patch: { k0: null, one: 'more' } });
    expect(ann.entries(conversationId).filter(({ type }) => type === 'context-changed')).toHaveLength(3);
  });

  it('of a call is what keeps to the limits; the rest is left out, and the log says how much that is', async () => {
    const { lines, logger } = logged();
    const { calls, center } = callCenter({}, { logger });
    const ann = await deskWithPhone(center, 'ann');
    const context = { callTopic: 'x'.repeat(49), ['k'.repeat(65)]: 'secret', long: 'x'.repeat(1_025), ok: 'yes' };
    await calls.phone({ context });
    await center.settle();
    expect(ann.offer.preview.context).toEqual({ ok: 'yes' });
    expect(lines.filter((one) => one.includes('dropped'))).toEqual(['call-context-dropped {"labels":3}']);
  });

  it('of a call is text, whatever it stands for, and nothing is said of one that fits', async () => {
    const { lines, logger } = logged();
    const { calls, center } = callCenter({}, { logger });
    const ann = await deskWithPhone(center, 'ann');
    await calls.phone({ context: { callTopic: 'bill', isAuthenticated: 'true', note: '<b>hi</b>' } });
    await center.settle();
    expect(ann.offer.preview.context).toEqual({ callTopic: 'bill', isAuthenticated: 'true', note: '<b>hi</b>' });
    expect(lines.filter((one) => one.includes('dropped'))).toEqual([]);
  });
});

const bad = [
  ['another site', 'https://evil.example/x'],
  ['a site that only begins like it', 'https://crm.example.evil.example/x'],
  ['a site behind a name that looks like it', 'https://crm.example@evil.example/x'],
  ['a name and a password', 'https://me:secret@crm.example/x'],
  ['another port', 'https://crm.example:8443/x'],
  ['http instead of https', 'http://crm.example/x'],
  ['a script', 'javascript:alert(1)//https://crm.example'],
  ['data', 'data:text/html,hi'],
  ['a path without a site', '/customers/7'],
  ['nothing', ''],
] as const;

describe('a screen pop', () => {
  it.each(bad)('that leads to %s is refused when an agent sets it', async (_, screenPopUrl) => {
    const center = contactCenter({ screenPops: [crm] });
    const ann = await center.desk('ann');
    const { conversationId } = await inHand(center, ann);
    const refused = await ann.refusal('context/set', { conversationId, patch: { screenPopUrl, tier: 'gold' } });
    expect(refused).toMatchObject({ code: 'command/invalid', field: 'patch.screenPopUrl' });
    expect(refused.message).toBe('unable to set context; its site is not allowed');
    expect(ann.entries(conversationId).map(({ type }) => type)).not.toContain('context-changed');
  });

  it.each(bad)('that leads to %s is left out of a start, and the log says so without it', async (_, screenPopUrl) => {
    const { lines, logger } = logged();
    const routed: unknown[] = [];
    const route = ({ context }: { readonly context: unknown }) => (routed.push(context), {});
    const center = contactCenter({ screenPops: [crm], logger, route });
    const ann = await center.desk('ann');
    await center.start('Cleo', { context: { screenPopUrl, tier: 'gold' } });
    await center.settle();
    expect(ann.offer.preview.context).toEqual({ tier: 'gold' });
    expect(routed).toEqual([{ tier: 'gold' }]);
    expect(lines).toContain('screen-pop-dropped {"reason":"site-not-allowed"}');
    expect(lines.join()).not.toMatch(/evil|alert|customers\/7|me:secret/);
  });

  it('that the vendor allows comes with a start, with a call, and from an agent, who can take it away', async () => {
    const { calls, center } = callCenter({}, { screenPops: ['http://crm.example:8080', crm] }, [
      agent('ann', { capacity: 3 }),
    ]);
    const ann = await deskWithPhone(center, 'ann');
    const context = { screenPopUrl: `${crm}/customers/7?tab=open#notes` };
    const { conversationId } = await center.start('Cleo', { context });
    await center.settle();
    expect(ann.offer.preview.context).toEqual(context);
    await ann.do('offer/accept', { offerId: ann.offer.id });
    await calls.phone({ context });
    await center.settle();
    expect(ann.of('offer').map(({ offer }) => offer.preview.context)).toEqual([context, context]);
    const patch = { screenPopUrl: 'http://crm.example:8080/x' };
    expect(await ann.do('context/set', { conversationId, patch })).toEqual({});
    expect(await ann.do('context/set', { conversationId, patch: { screenPopUrl: null } })).toEqual({});
  });

  it('leads nowhere unless the vendor says where it may', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId } = await inHand(center, ann);
    const patch = { screenPopUrl: `${crm}/customers/7` };
    const refused = await ann.refusal('context/set', { conversationId, patch });
    expect(refused).toMatchObject({ code: 'command/invalid', field: 'patch.screenPopUrl' });
  });

  it('of a call that leads elsewhere is left out', async () => {
    const { calls, center } = callCenter({}, { screenPops: [crm] });
    const ann = await deskWithPhone(center, 'ann');
    await calls.phone({ context: { screenPopUrl: 'https://evil.example', topic: 'bill' } });
    await center.settle();
    expect(ann.offer.preview.context).toEqual({ topic: 'bill' });
  });

  it('cannot come round by the labels that an agent hands on', async () => {
    const center = contactCenter({ screenPops: [crm] });
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    const labels = { screenPopUrl: 'https://evil.example' };
    const transfer = await ann.refusal('task/transfer', { taskId, to: { queue: 'sales' }, labels });
    expect(transfer).toMatchObject({ code: 'command/invalid', field: 'labels.screenPopUrl' });
    const dial = await ann.refusal('call/dial', { to: { phone: '+4915112345678' }, context: labels });
    expect(dial).toMatchObject({ code: 'command/invalid', field: 'context.screenPopUrl' });
    await ann.do('task/end', { taskId });
    const wrapUp = await ann.refusal('wrap-up/complete', { taskId, disposition: 'solved', labels });
    expect(wrapUp).toMatchObject({ code: 'command/invalid', field: 'labels.screenPopUrl' });
  });

  it.each(['*', 'crm.example', 'https://crm.example/path', 'ftp://crm.example', 'javascript:alert(1)', ''])(
    'is not allowed to lead to %j: the server is not made',
    (origin) => {
      const make = () => createServer({ authenticate: () => undefined, queues: [{ id: 'q' }], screenPops: [origin] });
      expect(make).toThrow(expect.objectContaining({ code: 'command/invalid', field: 'screenPops[0]' }));
    },
  );
});
