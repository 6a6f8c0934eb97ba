import { ContactCenterClient, ContactCenterError, type LogFields, type Logger } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { redacting } from 'onescreen/logging';
import { createServer } from 'onescreen/server';
import { inProcessSocket, seededRandom, virtualClock } from 'onescreen/testing';
import { expect, test } from 'vitest';

const url = 'https://cc.contoso.example';

function listener() {
  const lines: { readonly level: string; readonly event: string; readonly fields: LogFields }[] = [];
  const at = (level: string) => (event: string, fields: LogFields) => void lines.push({ level, event, fields });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, logger, of: (event: string) => lines.filter((line) => line.event === event) };
}

test('a desk tells its link, its session, tokens that it does not get and commands that fail', async () => {
  const { logger, of } = listener();
  const clock = virtualClock();
  const random = seededRandom('log');
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'] }),
    queues: [{ id: 'support' }],
    reasons: [{ code: 'lunch', label: 'Lunch' }],
    ...{ clock, random },
  });
  let fails = true;
  const client = new ContactCenterClient({
    controlPlane: controlPlane(url),
    tokens: async () => {
      if (fails) throw new ContactCenterError('token/unavailable', 'no token for ada@contoso.example');
      return { token: 'ada', expiresOn: Date.UTC(2100, 0) };
    },
    providers: [serverChat()],
    logger: redacting(logger),
    environment: { clock, random: random.fork('desk'), socket: inProcessSocket(server, clock) },
  });
  const signingIn = client.signIn();
  await clock.advance(1_000);
  fails = false;
  await clock.advance(20_000);
  const agent = await signingIn;
  const busy = agent
    .setAvailability({ kind: 'unavailable', reason: 'no such reason' })
    .catch((error: unknown) => error);
  await clock.advance(1_000);
  expect(await busy).toMatchObject({ code: 'command/invalid' });
  await Promise.all([client.close(), server.close()]);

  expect(of('token-failed')[0]).toMatchObject({
    level: 'warn',
    fields: { audience: 'controlPlane', error: 'ContactCenterError', code: 'token/unavailable' },
  });
  expect(of('link').map(({ fields }) => fields['status'])).toContain('online');
  expect(of('session').map(({ fields }) => fields['status'])).toContain('online');
  expect(of('command-failed')).toMatchObject([
    { level: 'warn', fields: { name: 'availability/set', code: 'command/invalid' } },
  ]);
});

test('a logger that does not redact is refused, also where types do not see to it', () => {
  const { logger } = listener();
  const options = { controlPlane: controlPlane(url), tokens: () => Promise.reject(new Error('none')), providers: [] };
  const untyped: object = { ...options, logger };
  const create = (given: object): unknown => Reflect.construct(ContactCenterClient, [given]);
  expect(() => create(untyped)).toThrow('unable to create client; redacting() is missing');
  expect(() => create({ ...options, environment: { logger } })).toThrow(
    'unable to create client; redacting() is missing',
  );
  expect(() => create({ ...options, logger: redacting(logger) })).not.toThrow();
  expect(() => create({ ...options, environment: { logger: redacting(logger) } })).not.toThrow();
});

test('nor does a customer take one', () => {
  const { logger } = listener();
  const options = { server: url, providers: [serverChat()] };
  const create = (given: object) => () => Reflect.construct(CustomerClient, [{ ...options, ...given }]);
  const refusal = {
    ...{ code: 'command/invalid', field: 'options.logger' },
    message: 'unable to create customer client; redacting() of onescreen/logging is missing around its logger',
  };
  expect(create({ logger })).toThrow(expect.objectContaining(refusal));
  expect(create({ environment: { logger } })).toThrow(expect.objectContaining(refusal));
  expect(create({ logger: redacting(logger), environment: { logger: redacting(logger) } })).not.toThrow();
});
