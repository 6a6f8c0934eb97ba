import { ContactCenterError, delay } from 'onescreen';
import type { CallHost } from 'onescreen/server';
import type { SeededRandom } from 'onescreen/testing';
import type { World } from '../races/world';

/** What a host can be made to fail at. */
export const hostSteps = [
  'join',
  'leave',
  'hold',
  'resume',
  'add',
  'remove',
  'transfer',
  'release',
  'dial',
  'close',
] as const;
export type HostStep = (typeof hostSteps)[number];

/** What goes wrong with a host's next steps: each failure befalls the first step of its kind that is still to come. */
export class HostFaults {
  readonly #planned = new Map<HostStep, Fault[]>();

  plan(step: HostStep, fault: Fault): void {
    this.#planned.set(step, [...(this.#planned.get(step) ?? []), fault]);
  }

  take(step: HostStep): Fault | undefined {
    return this.#planned.get(step)?.shift();
  }

  clear(): void {
    this.#planned.clear();
  }
}

interface Fault {
  /** Milliseconds before the step is begun. */
  readonly beforeMs: number;
  /** `instead`: nothing is done; `after`: it is done, and said to have failed. */
  readonly fails: 'no' | 'instead' | 'after';
}

const waits = [0, 0, 0, 1, 200, 3_000] as const;

export function drawFault(random: SeededRandom): Fault {
  return { beforeMs: random.pick(waits), fails: random.pick(['no', 'instead', 'instead', 'after'] as const) };
}

/** What a step fails with that was planned to. */
export class PlannedFailure extends Error {}

/** The host, with its steps failing and taking long as planned. */
export function faultyHost(host: CallHost, world: World, faults: HostFaults): CallHost {
  const step = async <T>(name: HostStep, run: () => Promise<T>): Promise<T> => {
    const fault = faults.take(name);
    if (fault === undefined) return run();
    world.count(`host ${name}: ${fault.fails === 'no' ? 'slow' : `fails ${fault.fails}`}`);
    world.note(`the host's ${name} is ${JSON.stringify(fault)}`);
    if (fault.beforeMs > 0) await delay(world.clock, fault.beforeMs);
    if (fault.fails === 'instead') throw new PlannedFailure(`the host does not ${name}`);
    const result = await run();
    // A host whose `join` rejects has nobody in the call: that is its promise.
    if (fault.fails === 'after' && name !== 'join')
      throw new PlannedFailure(`the host does not know that it could ${name}`);
    return result;
  };
  const can = <T>(run: Promise<T> | undefined, name: string): Promise<T> =>
    run ?? Promise.reject(new ContactCenterError('command/not-allowed', `unable to ${name}; the host cannot`));
  const { actions, desksDial } = host;
  return {
    ...{ name: host.name, channel: 'voice', inLog: false, actions },
    ...(desksDial !== undefined && { desksDial }),
    start: (events) => host.start(events),
    open: (request) => host.open(request),
    join: (channel, agent, ring) => step('join', () => host.join(channel, agent, ring)),
    leave: (channel, agent) => step('leave', () => host.leave(channel, agent)),
    close: (channel, customer) => step('close', () => host.close(channel, customer)),
    dial: (channel, to) => step('dial', () => can(host.dial?.(channel, to), 'dial')),
    hold: (channel, who) => step('hold', () => can(host.hold?.(channel, who), 'hold')),
    resume: (channel, who) => step('resume', () => can(host.resume?.(channel, who), 'resume')),
    add: (channel, who) => step('add', () => can(host.add?.(channel, who), 'add')),
    remove: (channel, who) => step('remove', () => can(host.remove?.(channel, who), 'remove')),
    transfer: (channel, to) => step('transfer', () => can(host.transfer?.(channel, to), 'transfer')),
    release: (channel) => step('release', () => can(host.release?.(channel), 'release')),
    ...(host.record && { record: (channel, to) => can(host.record?.(channel, to), 'record') }),
    ...(host.identify && { identify: (agent) => can(host.identify?.(agent), 'identify') }),
  };
}
