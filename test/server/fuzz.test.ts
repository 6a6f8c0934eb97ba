import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LogFields } from 'onescreen/server';
import { agentCommands, customerCommands } from '../../src/server/command-schemas';
import { memoryInUse } from '../memory';
import { contactCenter, inHand } from './contact-center';

// `npm run fuzz` makes a long run of this short one.
const seed = Number(process.env.FUZZ_SEED ?? 20261125);
const runs = Number(process.env.FUZZ_RUNS ?? 200);
const timeout = 60_000 + 100 * runs;
const names = [...new Set([...Object.keys(agentCommands), ...Object.keys(customerCommands)])];

/** Notes what the server takes for its own failure. */
function recorder() {
  const errors: [string, LogFields][] = [];
  const note = (event: string, fields: LogFields) => void errors.push([event, fields]);
  return { errors, logger: { debug() {}, info() {}, warn() {}, error: note } };
}

const hostile = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'x'.repeat(1_048_576), '\ud800', '', null, -0, 1e308),
);

/** Arguments by name: ids that exist, ids of others, and what is no id. */
const argumentsOf = (ids: readonly string[]) => {
  const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: hostile });
  const fields = 'conversationId channelId clientId messageId taskId offerId text html seq pageSize reason patch'.split(
    ' ',
  );
  return fc.oneof(hostile, fc.record(Object.fromEntries(fields.map((field) => [field, value])), { requiredKeys: [] }));
};

it(
  'no frame at either door brings the server down, fails it, or changes a conversation of others',
  { timeout },
  async () => {
    const { errors, logger } = recorder();
    const center = contactCenter({ logger, limits: { commands: false } });
    const ann = await center.desk('ann');
    const others = await inHand(center, ann, 'Cleo');
    await others.page.say('private');
    const mine = await center.start('Mallory');
    const page = await center.customer(mine);
    const ben = await center.desk('ben', false);
    const ids = [
      ...[others.conversationId, others.channelId, others.taskId, mine.conversationId, mine.channel.channelId],
      ...[others.started.self, 'none'],
    ];
    const before = JSON.stringify(ann.entries(others.conversationId));

    const frame = fc.oneof(
      hostile,
      fc.record({ type: fc.constantFrom('command', 'answer', 7), id: hostile, name: hostile, args: hostile }),
      fc.record({
        type: fc.constant('command'),
        id: fc.uuid(),
        // Leaving ends the play.
        name: fc.constantFrom(...names.filter((name) => name !== 'session/sign-out' && name !== 'chat/end')),
        args: argumentsOf(ids),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(page, ben), frame, async (link, text) => {
        link.frame(text);
        await center.settle();
        link.received.splice(0, Math.max(0, link.received.length - 20));
      }),
      { seed, numRuns: runs },
    );
    expect(errors).toEqual([]);
    expect(JSON.stringify(ann.entries(others.conversationId))).toBe(before);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await page.say('still here');
    await ben.do('availability/clear-next', {});
  },
);

it('no request fails the server or gets an answer without a code', { timeout }, async () => {
  const { errors, logger } = recorder();
  const center = contactCenter({ logger, waitEstimates: true, limits: { starts: false, estimates: false } });
  const started = await center.start();
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.record({ customer: hostile, context: hostile, queueId: hostile, provider: hostile }).map((value) => {
      return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
    }),
  );
  const path = fc.oneof(
    fc.constantFrom('/conversations', '/tokens', `/conversations/${started.conversationId}/tokens`, '/health'),
    fc.webPath(),
    fc.webQueryParameters().map((query) => `/conversations/wait?channel=${query}`),
    fc.webQueryParameters().map((query) => `/conversations/wait?${query}`),
  );
  const token = fc.constantFrom('', 'Bearer', `Bearer ${started.resumeToken}x`, 'Bearer ..', 'Basic YTpi');
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS');
  await fc.assert(
    fc.asyncProperty(method, path, body, token, async (verb, where, text, authorization) => {
      const response = await center.server.handle(
        new Request(`http://cc.example${where}`, {
          method: verb,
          headers: { authorization, 'content-type': 'application/json' },
          ...(verb !== 'GET' && { body: text }),
        }),
      );
      expect(response.status).toBeLessThan(500);
      if (response.status < 400) return;
      expect(await response.json()).toMatchObject({ error: { code: expect.stringMatching(/^[a-z-]+\/[a-z-]+$/) } });
    }),
    { seed, numRuns: runs },
  );
  expect(errors).toEqual([]);
});

it('no resume token but its own opens a conversation', { timeout }, async () => {
  const center = contactCenter();
  const { resumeToken, conversationId } = await center.start();
  const guess = fc.oneof(
    hostile,
    fc.string().map((secret) => `${conversationId}.${secret}`),
    fc.nat(resumeToken.length - 1).map((at) => `${resumeToken.slice(0, at)}~${resumeToken.slice(at + 1)}`),
    fc.nat(resumeToken.length - 1).map((at) => resumeToken.slice(0, at)),
  );
  await fc.assert(
    fc.asyncProperty(guess, async (forged) => {
      const credentials = { resumeToken: forged };
      await expect(center.server.connect({ door: 'customers', credentials, send: () => {} })).rejects.toMatchObject({
        code: 'session/unauthorized',
      });
    }),
    { seed, numRuns: runs },
  );
});

it('a flood at every door leaves memory as it was', { timeout: 120_000 }, async () => {
  const center = contactCenter();
  const ann = await center.desk('ann', false);
  const page = await center.customer(await center.start());
  const flood = async (rounds: number) => {
    for (let index = 0; index < rounds; index += 1) {
      for (const link of [ann, page]) {
        link.frame({ type: 'command', id: `flood ${index}`, name: 'message/send', args: { text: 'x'.repeat(100) } });
        link.frame('x'.repeat(1_000));
      }
      await center.post('/conversations', { customer: { displayName: '' } });
      await center.post('/conversations', '{');
      const credentials = { resumeToken: `${index}.${index}`, token: `${index}` };
      for (const door of ['agents', 'customers'])
        await center.server.connect({ door, credentials, send: () => {} }).catch(() => {});
      if (index % 100 === 0) await center.clock.advance(1_000);
      ann.received.length = 0;
      page.received.length = 0;
    }
    return memoryInUse();
  };
  const before = await flood(500);
  const after = await flood(2_000);
  expect(after - before).toBeLessThan(3 * 1_048_576);
});
