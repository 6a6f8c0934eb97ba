import { ContactCenterClient } from 'onescreen';
import { acsVoice } from 'onescreen/acs/calling';
import { controlPlane } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { createEmulator } from 'onescreen/emulator';
import { localRouting } from 'onescreen/routing';
import { redisRouting } from 'onescreen/routing/redis';
import { acsChatHost, callAutomationHost, createServer, graphMeetings, startServer } from 'onescreen/server';
import { redisStore, startClusterNode } from 'onescreen/server/redis';
import { describe, expect, it } from 'vitest';

const authenticate = () => undefined;
const token = () => '';

/** As plain JavaScript calls it, where nothing has looked at the options. */
const call = (made: (...given: never[]) => unknown, ...given: readonly unknown[]): unknown =>
  Reflect.apply(made, undefined, given);
const construct = (made: new (...given: never[]) => object, ...given: readonly unknown[]): unknown =>
  Reflect.construct(made, given);

const refused: readonly (readonly [string, () => unknown, string])[] = [
  ['acsVoice()', () => call(acsVoice), 'persona'],
  ['acsVoice({})', () => call(acsVoice, {}), 'persona'],
  ['a persona that there is not', () => call(acsVoice, { persona: 'toString' }), 'persona'],
  ['new ContactCenterClient()', () => construct(ContactCenterClient), 'options.controlPlane'],
  ['new CustomerClient()', () => construct(CustomerClient), 'url'],
  ['no providers', () => construct(CustomerClient, { server: 'https://cc.example' }), 'options.providers'],
  ['controlPlane()', () => call(controlPlane), 'url'],
  ['createServer()', () => call(createServer), 'authenticate'],
  ['createServer({ authenticate })', () => call(createServer, { authenticate }), 'queues'],
  ['createServer({ queues })', () => call(createServer, { queues: [{ id: 'support' }] }), 'authenticate'],
  ['startServer()', () => call(startServer), 'authenticate'],
  ['acsChatHost()', () => call(acsChatHost), 'connectionString'],
  ['acsChatHost({})', () => call(acsChatHost, {}), 'connectionString'],
  ['callAutomationHost()', () => call(callAutomationHost), 'connectionString'],
  ['graphMeetings()', () => call(graphMeetings), 'organizer'],
  ['graphMeetings({ organizer })', () => call(graphMeetings, { organizer: 'o' }), 'token'],
  ['graphMeetings without acs', () => call(graphMeetings, { organizer: 'o', token }), 'connectionString'],
  ['redisStore()', () => call(redisStore), 'redis'],
  ['startClusterNode()', () => call(startClusterNode), 'redis'],
  ['startClusterNode({ redis })', () => call(startClusterNode, { redis: {} }), 'authenticate'],
  ['redisRouting()', () => call(redisRouting), 'redis'],
  ['redisRouting({ redis })', () => call(redisRouting, { redis: {} }), 'domain'],
  ['localRouting()', () => call(localRouting), 'engine'],
  ['a key that is no text', () => call(createEmulator, { accessKey: 7 }), 'accessKey'],
];

describe('without what it needs', () => {
  it.each(refused)('%s is refused, and the field named', async (_, made, field) => {
    const error = await Promise.resolve()
      .then(made)
      .catch((reason: unknown) => reason);
    const code = expect.stringMatching(/^(command|routing)\/invalid$/) as unknown;
    expect(error).toMatchObject({ name: 'ContactCenterError', code, field });
  });
});
