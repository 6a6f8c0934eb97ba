import { beforeEach, describe, expect, test } from 'vitest';
import { at, createBench, errorOf, identityVersion, participant, type Bench, type BenchUser } from './bench';

let bench: Bench;
let alice: BenchUser;
let bob: BenchUser;
beforeEach(() => {
  bench = createBench();
  alice = bench.user();
  bob = bench.user();
});

describe('the path of an operation', () => {
  test('may begin with two slashes, as clients ask whose endpoint ends in one', async () => {
    await alice.thread();
    const { body } = await alice.call('GET', '//chat/threads?maxPageSize=1');
    expect(at(body, 'value')).toHaveLength(1);
    const headers = { authorization: `Bearer ${alice.token}` };
    const config = await bench.send('GET', '//chat/config/realTimeNotifications?api-version=2024-09-01', { headers });
    expect(config.status).toBe(200);
    expect((await bench.signed('POST', `//identities?${identityVersion}`)).status).toBe(201);
  });

  test('may have its ids and the colon of its action encoded, or not, in either case', async () => {
    const encoded = await alice.thread();
    const id = decodeURIComponent(encoded.slice('/chat/threads/'.length));
    for (const spelling of [
      id,
      id.replace(':', '%3a').replace('@', '%40'),
      id.replace('@', '%40'),
      encodeURIComponent(id),
    ])
      expect(at((await alice.call('GET', `/chat/threads/${spelling}`)).body, 'id')).toBe(id);
    for (const action of ['%3Aadd', '%3aadd', ':add'])
      expect(
        (await alice.call('POST', `${encoded}/participants/${action}`, { participants: [participant(bob.id)] })).status,
      ).toBe(201);
    expect((await alice.call('POST', `${encoded}/participants/%3Aremove`, { rawId: bob.id })).status).toBe(204);
    const path = `/identities/${encodeURIComponent(alice.id)}/%3AissueAccessToken?${identityVersion}`;
    expect((await bench.signed('POST', path, { scopes: ['chat'] })).status).toBe(200);
  });

  test('encoded twice is another one', async () => {
    const path = (await alice.thread()).replace(/%/g, '%25');
    expect(errorOf(await alice.call('GET', path))).toEqual([404, 'NotFound']);
  });
});
