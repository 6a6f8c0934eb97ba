import { given } from '../given';
import { select, type Live } from '../live';
import type { AgentRecord, Availability, Load, ReasonCode } from '../protocol/agent-frames';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';

/** The signed-in person. */
export interface Agent {
  readonly id: string;
  readonly displayName: string;
  readonly state$: Live<AgentState>;
  /** Reasons to choose from when becoming unavailable. */
  readonly reasons$: Live<readonly ReasonCode[]>;
  /**
   * Asks for another availability. `whenBusy: 'after-current'` waits for the end of the tasks in hand: the answer is
   * then `queued`, and no new offer comes meanwhile. Becoming unavailable `now` (the default) revokes open offers.
   * @throws ContactCenterError `command/invalid` for a reason that is not in `reasons$`
   */
  setAvailability(
    to: Availability,
    options?: { readonly whenBusy?: 'now' | 'after-current' } & CommandOptions,
  ): Promise<AvailabilityAnswer>;
  /** Takes back an availability that waits for the end of the tasks in hand. */
  clearNextAvailability(options?: CommandOptions): Promise<void>;
}

/** Availability, load and presence are separate axes; presence comes from Teams and is none of the router's business. */
export interface AgentState {
  readonly availability: Availability;
  readonly next?: Availability;
  readonly load: Load;
  /** Since when the availability holds. */
  readonly since: Date;
}

export interface AvailabilityAnswer {
  readonly status: 'updated' | 'queued';
  readonly current: Availability;
  readonly next?: Availability;
}

export function createAgent(
  record$: Live<AgentRecord>,
  command: ControlPlaneLink['command'],
  take: (record: AgentRecord) => void,
): Agent {
  const { id, displayName } = record$.value;
  return {
    id,
    displayName,
    state$: select(record$, ({ availability, next, load, since }) => ({
      availability,
      ...given({ next }),
      load,
      since: new Date(since),
    })),
    reasons$: select(record$, (record) => record.reasons),
    async setAvailability(to, { whenBusy = 'now', ...options } = {}) {
      const { status, agent } = await command('availability/set', { availability: to, whenBusy }, options);
      take(agent);
      return { status, current: agent.availability, ...given({ next: agent.next }) };
    },
    async clearNextAvailability(options) {
      take((await command('availability/clear-next', {}, options)).agent);
    },
  };
}
