import type { Contact, DirectoryQuery, ServerOptions } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';

const agents = [
  agent('ann'),
  agent('ben', { displayName: 'Ben Billing' }),
  agent('sue', { displayName: 'Sue', queues: ['sales'] }),
];
const queues = [{ id: 'support', name: 'Support' }, { id: 'sales' }];

async function world(options: Partial<ServerOptions> = {}) {
  const center = contactCenter({ queues, ...options }, agents);
  const ann = await center.desk('ann', false);
  const search = async (text?: string, limit?: number) => {
    const query = { ...(text !== undefined && { text }), ...(limit !== undefined && { limit }) };
    return (await ann.do('directory/search', query)).entries;
  };
  return { center, ann, search };
}

/** A vendor's own directory, and what it was asked. */
function contacts(found: readonly unknown[]) {
  const asked: DirectoryQuery[] = [];
  const directory = (query: DirectoryQuery) => {
    asked.push(query);
    return found as readonly Contact[];
  };
  return { asked, directory };
}

describe('a search of the directory', () => {
  it('finds other agents who are signed in, with their availability, and queues, with who waits and who could help', async () => {
    const { center, search } = await world();
    await center.desk('ben');
    await center.desk('sue', false);
    await center.start('Cleo', { queueId: 'sales' });
    await center.settle();
    expect(await search()).toEqual([
      {
        ...{ kind: 'agent', displayName: 'Ben Billing', target: { agent: 'ben' } },
        ...{ availability: { kind: 'available' }, busy: false },
      },
      {
        ...{ kind: 'agent', displayName: 'Sue', target: { agent: 'sue' } },
        ...{ availability: { kind: 'unavailable' }, busy: false },
      },
      { kind: 'queue', displayName: 'sales', target: { queue: 'sales' }, waiting: 1, available: 0 },
      { kind: 'queue', displayName: 'Support', target: { queue: 'support' }, waiting: 0, available: 1 },
    ]);
  });

  it('says who has no capacity left, whose link is down, and leaves out who has signed out', async () => {
    const { center, search } = await world();
    const ben = await center.desk('ben');
    await inHand(center, ben);
    expect(await search('ben')).toMatchObject([{ busy: true, availability: { kind: 'available' } }]);
    ben.drop();
    expect(await search('ben')).toMatchObject([
      { availability: { kind: 'unavailable', reason: 'agent-disconnected' } },
    ]);
    await ben.connect(ben.session);
    await ben.do('session/sign-out', { drain: true });
    expect(await search('ben')).toEqual([]);
  });

  it('looks for the text in names, whatever their case', async () => {
    const { center, search } = await world();
    await center.desk('ben');
    const names = async (text: string) => (await search(text)).map(({ displayName }) => displayName);
    expect(await names(' BILL ')).toEqual(['Ben Billing']);
    expect(await names('supp')).toEqual(['Support']);
    expect(await names('nobody')).toEqual([]);
    expect(await names('ann')).toEqual([]);
  });

  it('asks the vendor for contacts, who says what fits', async () => {
    const { asked, directory } = contacts([
      { displayName: 'Courier', detail: 'Northwind', phone: '+4915112345678' },
      { displayName: 'Max', teamsUser: 'oid-1' },
      { displayName: 'Max, voicemail', voicemail: 'oid-1' },
    ]);
    const { search } = await world({ directory });
    expect(await search(' north ')).toEqual([
      { kind: 'contact', displayName: 'Courier', detail: 'Northwind', target: { phone: '+4915112345678' } },
      { kind: 'contact', displayName: 'Max', target: { teamsUser: 'oid-1' } },
      { kind: 'contact', displayName: 'Max, voicemail', target: { voicemail: 'oid-1' } },
    ]);
    expect(asked).toEqual([{ text: 'north', limit: 20, agent: agents[0] }]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    ['hangs', () => new Promise<never>(() => {})],
    ['gives no list', () => 'nothing' as never],
  ])('leaves contacts out, and tells the vendor, when the vendor’s directory %s', async (_, directory) => {
    const faults: unknown[] = [];
    const { center, ann } = await world({ directory, onError: (_error, context) => faults.push(context) });
    ann.frame({ type: 'command', id: 'search', name: 'directory/search', args: { text: 's' } });
    await center.clock.advance(10_000);
    expect(ann.received).toContainEqual({
      ...{ type: 'answer', id: 'search', ok: true },
      result: { entries: [expect.objectContaining({ displayName: 'sales' }), expect.anything()] },
    });
    expect(faults).toMatchObject([{ hook: 'directory', agentId: 'ann' }]);
  });

  it('leaves out contacts that nobody could reach, and tells the vendor once', async () => {
    const faults: unknown[] = [];
    const broken = [
      undefined,
      {},
      { displayName: 'x' },
      { displayName: 'x', phone: '0123' },
      { displayName: '', teamsUser: 'u' },
    ];
    const { directory } = contacts([...broken, { displayName: 'Max', teamsUser: 'oid-1' }]);
    const { search } = await world({ directory, onError: (_, context) => faults.push(context) });
    expect((await search('max')).map(({ displayName }) => displayName)).toEqual(['Max']);
    expect(faults).toHaveLength(1);
  });

  it('gives at most 20 entries, or as many as asked for up to 100, of every kind some', async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      displayName: `Contact ${index}`,
      teamsUser: `${index}`,
    }));
    const { asked, directory } = contacts(many);
    const { center, search } = await world({ directory });
    await center.desk('ben');
    const kinds = (entries: Awaited<ReturnType<typeof search>>) =>
      ['agent', 'queue', 'contact'].map((kind) => entries.filter((entry) => entry.kind === kind).length);
    expect(kinds(await search())).toEqual([1, 2, 17]);
    expect(kinds(await search('', 3))).toEqual([1, 1, 1]);
    expect(kinds(await search('', 200))).toEqual([1, 2, 97]);
    expect(asked.map(({ limit }) => limit)).toEqual([20, 3, 100]);
  });
});
