import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Emulator } from 'onescreen/emulator';
import { startEmulator } from './checked-emulator';
import { openChatClient, openIdentityClient } from './official-client';
import { describeOfficialChatClient, type OfficialPlace } from './official-suite';

const node: OfficialPlace = {
  readsAllHeaders: true,
  openChat: (endpoint, token, clientOptions) =>
    openChatClient({ endpoint, token, ...(clientOptions !== undefined && { clientOptions }) }),
  async start(options) {
    const emulator = await startEmulator(options);
    return {
      endpoint: emulator.endpoint,
      connectionString: emulator.connectionString,
      async control(method, path, body) {
        const request = new Request(`http://control.invalid${path}`, {
          method,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const answer: unknown = await (await emulator.core.control(request)).json();
        return answer;
      },
      async close() {
        await emulator.close();
        return [];
      },
    };
  },
};

const entraToken = (claims: object) =>
  [{}, claims, 's'].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
const oid = '32c0a5db-05ec-48ea-81ab-3f06b329397e';
const tid = '11111111-2222-4333-8444-555555555555';

describe.each([{ https: false }, { https: true }])('in Node with https: $https,', ({ https }) => {
  // Authorities are made per run, and Node reads which ones it trusts only at its start.
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  beforeAll(() => {
    if (https) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  });
  afterAll(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });

  describe('the unmodified chat client', () => describeOfficialChatClient(node, { https }));

  describe('the unmodified identity client', () => {
    let emulator: Emulator;
    beforeEach(async () => {
      emulator = await startEmulator({ https });
    });
    afterEach(() => emulator.close());

    test('creates users, issues and revokes tokens, and deletes users', async () => {
      const client = openIdentityClient(emulator.connectionString);
      const { user, token, expiresOn } = await client.createUserAndToken(['chat', 'voip'], {
        tokenExpiresInMinutes: 60,
      });
      expect(user.communicationUserId).toMatch(/^8:acs:/);
      expect(Math.abs(expiresOn.getTime() - Date.now() - 3_600_000)).toBeLessThan(60_000);
      const chat = await openChatClient({ endpoint: emulator.endpoint, token });
      const { chatThread } = await chat.createChatThread({ topic: 'Hi' });
      await client.revokeTokens(user);
      await expect(chat.deleteChatThread(chatThread?.id ?? '')).rejects.toMatchObject({ statusCode: 401 });
      const next = await client.getToken(user, ['chat.join'], { tokenExpiresInMinutes: 1440 });
      const joiner = await openChatClient({ endpoint: emulator.endpoint, token: next.token });
      await expect(joiner.createChatThread({ topic: 'No' })).rejects.toMatchObject({ statusCode: 403 });
      await client.deleteUser(user);
      await expect(client.getToken(user, ['chat'])).rejects.toMatchObject({ statusCode: 404, code: 'NotFound' });
      expect((await client.createUser()).communicationUserId).not.toBe(user.communicationUserId);
    });

    test('exchanges the Entra token of a Teams user, and is told what is wrong with one', async () => {
      const client = openIdentityClient(emulator.connectionString);
      const clientId = '85b1fb6d-9c3b-4e4d-8f0f-9d7f1f2b7c11';
      const good = { teamsUserAadToken: entraToken({ oid, tid, appid: clientId }), clientId, userObjectId: oid };
      const { token, expiresOn } = await client.getTokenForTeamsUser(good);
      expect(expiresOn.getTime()).toBeGreaterThan(Date.now());
      expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
        skypeid: `orgid:${oid}`,
      });
      for (const bad of [{ userObjectId: tid }, { clientId: tid }, { teamsUserAadToken: 'none' }]) {
        await expect(client.getTokenForTeamsUser({ ...good, ...bad })).rejects.toMatchObject({ statusCode: 401 });
      }
    });

    test('is told what is wrong: the key, the scopes, the life of a token, a foreign user', async () => {
      const wrong = emulator.connectionString.replace(/accesskey=.*/, `accesskey=${btoa('wrong')}`);
      await expect(openIdentityClient(wrong).createUser()).rejects.toMatchObject({
        statusCode: 401,
        code: 'Unauthorized',
      });
      const client = openIdentityClient(emulator.connectionString);
      const user = await client.createUser();
      for (const tokenExpiresInMinutes of [59, 1441]) {
        await expect(client.getToken(user, ['chat'], { tokenExpiresInMinutes })).rejects.toMatchObject({
          statusCode: 400,
        });
      }
      await expect(client.getToken(user, [])).rejects.toMatchObject({ statusCode: 400 });
      const foreign = { communicationUserId: '8:acs:none_none' };
      await expect(client.deleteUser(foreign)).rejects.toMatchObject({ statusCode: 400 });
    });
  });
});
