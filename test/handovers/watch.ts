import { Watch as Patience, type TooLong } from '../races/watch';
import { openConsults, owningTasks } from './matters';
import type { World } from '../races/world';

/** Longest that something may stay as it must not remain, in milliseconds. */
const usual = {
  /** A customer who hears nobody and no music. */
  silence: 4_500,
  /** Somebody beside the customer who hears nobody and no music. */
  alone: 6_000,
  /** A matter without an owner, or with two, between the entries of one step. */
  owner: 4_500,
  /** Somebody is asked: a transfer to a phone takes up to 60 s (Teams), and slow steps some more. */
  ringing: 65_000,
};

/** Looks at the whole world after every step for what must never be, or not for long. */
export class HandoverWatch {
  readonly #world: World;
  readonly #watch: Patience;
  readonly #patience: typeof usual;

  /** `moreMs`: so much longer everything may take, as where events are lost until they are missed. */
  constructor(world: World, moreMs = 0) {
    this.#world = world;
    const { silence, alone, owner, ringing } = usual;
    this.#patience = {
      silence: silence + moreMs,
      alone: alone + moreMs,
      owner: owner + moreMs,
      ringing: ringing + moreMs,
    };
    this.#watch = new Patience(world, (tooLong) => {
      this.#calls(tooLong);
      this.#matters(tooLong);
    });
  }

  look(): void {
    this.#watch.look();
  }

  #calls(tooLong: TooLong): void {
    const { core, agents, callers } = this.#world;
    const users = new Set(agents.map(({ user }) => user));
    const customers = new Set(callers.map(({ number }) => `4:${number}`));
    for (const call of core.calls.list()) {
      const connected = call.parties.filter(({ status }) => status === 'connected');
      const withServer = connected.some(({ kind }) => kind === 'server');
      const people = connected.filter(({ kind }) => kind !== 'server');
      for (const party of people) {
        const isCustomer = customers.has(party.rawId);
        const caller = callers.find(({ number }) => `4:${number}` === party.rawId);
        if (caller !== undefined && people.some(({ rawId }) => users.has(rawId))) caller.talked = true;
        if (party.hears.length > 0) continue;
        // Muted microphones are a choice, and so is holding the only other one.
        if (people.some((other) => other !== party && other.muted)) continue;
        if (isCustomer && withServer) tooLong(`${party.rawId} hears nobody and no music`, this.#patience.silence);
        const holds = people.some((other) => other !== party && other.onHold && customers.has(other.rawId));
        if (!isCustomer && withServer && !holds) tooLong(`${party.rawId} is alone in ${call.id}`, this.#patience.alone);
      }
    }
  }

  #matters(tooLong: TooLong): void {
    for (const matter of this.#world.matters.values()) {
      const owners = owningTasks(matter);
      if (owners.length > 1) tooLong(`${matter.caller ?? matter.id} has ${owners.length} owners`, this.#patience.owner);
      if (matter.open && owners.length === 0)
        tooLong(`nobody owns ${matter.caller ?? matter.id}`, this.#patience.owner);
      const asked = openConsults(matter).filter(({ status }) => status !== 'merged');
      if (asked.length > 1) tooLong(`${asked.length} private consults at once`, 0);
      for (const { id, status } of asked)
        if (status === 'ringing') tooLong(`the consult ${id} rings for ever`, this.#patience.ringing);
    }
  }
}
