import fc from 'fast-check';
import { ChunkedPeople } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';

interface Somebody {
  readonly id: string;
  readonly speaking: boolean;
}

const nameOf = (number: number) => `8:acs:${number}`;

// More of them than have room in two chunks, who come, speak, leave and come back.
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('with', 'with', 'with', 'without'),
    who: fc.nat(80),
    speaking: fc.boolean(),
  }),
  { maxLength: 300 },
);

describe('people of a call', () => {
  it('are those that a plain map gives, and no older version ever changes', () => {
    fc.assert(
      fc.property(steps, (script) => {
        let people = ChunkedPeople.of<Somebody>([]);
        let model = new Map<string, Somebody>();
        const versions: { readonly people: ChunkedPeople<Somebody>; readonly model: ReadonlyMap<string, Somebody> }[] =
          [];
        for (const { kind, who, speaking } of script) {
          const person = { id: nameOf(who), speaking };
          model = new Map(model);
          if (kind === 'with') model.set(person.id, person);
          else model.delete(person.id);
          people = kind === 'with' ? people.with(person) : people.without(person.id);
          versions.push({ people, model });
        }
        for (const version of versions) {
          const { length } = version.people;
          expect(new Set(version.people)).toEqual(new Set(version.model.values()));
          expect([length, version.people.slice().length]).toEqual([version.model.size, version.model.size]);
          expect(version.people.slice(1, -1)).toEqual([...version.people].slice(1, -1));
          expect(version.people.at(-1)).toBe([...version.people].at(-1));
          for (let who = 0; who <= 80; who++)
            expect(version.people.get(nameOf(who))).toBe(version.model.get(nameOf(who)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are told of by what has changed between any two versions', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (script, pick) => {
        let people = ChunkedPeople.of<Somebody>([]);
        const versions = [people];
        for (const { kind, who, speaking } of script) {
          people = kind === 'with' ? people.with({ id: nameOf(who), speaking }) : people.without(nameOf(who));
          versions.push(people);
        }
        const before = versions[pick % versions.length] ?? people;
        const { changed, gone } = people.since(before);
        const told = new Map([...before].map((one) => [one.id, one]));
        for (const id of gone) told.delete(id);
        for (const one of changed) told.set(one.id, one);
        expect(new Set(told.values())).toEqual(new Set(people));
        expect(changed.every((one) => before.get(one.id) !== one)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('keep their order and identity while one of them changes, and are listed once', () => {
    const all = Array.from({ length: 100 }, (_, index) => ({ id: nameOf(index), speaking: false }));
    const people = ChunkedPeople.of(all);
    const next = people.with({ id: nameOf(40), speaking: true });
    expect(next.slice().map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect([...next].filter((one, index) => one !== all[index])).toEqual([{ id: nameOf(40), speaking: true }]);
    expect(next.slice()).toBe(next.slice());
    expect(people.slice()).toEqual(all);
  });

  it('become what a change makes of one of them: another, nobody, somebody new, or nothing new', () => {
    const ada = { id: 'ada', speaking: false };
    const people = ChunkedPeople.of([ada]);
    expect(people.update('ada', (last) => last)).toBe(people);
    expect(people.update('bo', () => undefined)).toBe(people);
    expect([...people.update('ada', (last) => last && { ...last, speaking: true })]).toEqual([
      { ...ada, speaking: true },
    ]);
    expect(people.update('ada', () => undefined)).toHaveLength(0);
    const bo = { id: 'bo', speaking: true };
    expect([...people.update('bo', (last) => (last === undefined ? bo : last))]).toEqual([ada, bo]);
  });

  it('keep no place for ever for those who have left', () => {
    const [ada, bo] = [
      { id: 'ada', speaking: false },
      { id: 'bo', speaking: false },
    ];
    const back = ChunkedPeople.of([ada, bo]).without('ada').with(ada);
    expect([...back]).toEqual([ada, bo]);
    let people = ChunkedPeople.of([ada, bo]).without('ada');
    for (let each = 0; each < 100; each++)
      people = people.with({ id: nameOf(each), speaking: true }).without(nameOf(each));
    expect([...people.with(ada)]).toEqual([bo, ada]);
  });
});
