import { describe, expect, it } from 'vitest';
import { memoryStore } from 'onescreen/server';

const by = { kind: 'system' } as const;
const note = (at: number, text: string) => ({ at, by, type: 'note', text }) as const;
const message = (at: number, id: string) =>
  ({ at, by, type: 'message', channelId: 'ch', message: { id, from: 'p', text: id } }) as const;

describe('the store in memory', () => {
  it('numbers each conversation’s entries from 1 without gaps, and never lets time go back', async () => {
    const store = memoryStore();
    await store.append('a', [note(10, 'x'), note(5, 'y')]);
    await store.append('b', [note(1, 'z')]);
    await store.append('a', [note(7, 'w')]);
    const places = (await store.read('a')).map(({ seq, at }) => [seq, at]);
    expect(places).toEqual([
      [1, 10],
      [2, 10],
      [3, 10],
    ]);
    expect((await store.read('b')).map(({ seq }) => seq)).toEqual([1]);
    expect(await store.read('unheard-of')).toEqual([]);
  });

  it('reads by place, kind and number', async () => {
    const store = memoryStore();
    await store.append('a', [note(1, 'n1'), message(2, 'm2'), message(3, 'm3'), note(4, 'n4'), message(5, 'm5')]);
    const seqs = async (query: Parameters<typeof store.read>[1]) =>
      (await store.read('a', query)).map(({ seq }) => seq);
    expect(await seqs({ from: 3 })).toEqual([3, 4, 5]);
    expect(await seqs({ before: 3 })).toEqual([1, 2]);
    expect(await seqs({ from: 2, before: 5, only: 'messages' })).toEqual([2, 3]);
    expect(await seqs({ only: 'state' })).toEqual([1, 4]);
    expect(await seqs({ only: 'messages', limit: 2 })).toEqual([3, 5]);
    expect(await seqs({ before: 99, limit: 0 })).toEqual([]);
  });
});
