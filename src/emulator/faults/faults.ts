import type { CallEventFaults } from '../call-automation/call-event-faults';
import type { CallFaults } from '../calls/emulated-calls';
import type { Emulation } from '../emulation';
import type { MeetingFaultRules } from '../meetings/meeting-faults';
import { revokeTokens } from '../identity/issue-token';
import type { Endpoint, Endpoints } from '../realtime/endpoints';
import type { RealtimeConnection } from '../realtime/realtime-connection';
import type { PushFaults } from './push-faults';
import type { RequestFaults } from './request-faults';

/** Which sockets: those of one user (raw id), or all. */
export interface SocketSelection {
  readonly user?: string | undefined;
}

/** How long a part of the service is away, and the status it answers with meanwhile (default 503). */
export interface Outage {
  readonly status?: number | undefined;
  readonly forMs?: number | undefined;
  readonly times?: number | undefined;
}

/** How a socket goes down: cut, closed with code 1001, or told to disconnect by a frame. */
export type SocketDrop = 'terminate' | 'close' | 'disconnect';

/** Everything that can be made to go wrong. */
export class Faults {
  /** Fails, drops or delays requests. */
  readonly requests: RequestFaults;
  /** Loses, doubles, swaps or delays pushes. */
  readonly pushes: PushFaults;
  /** Drops, delays and fails calls. */
  readonly calls: CallFaults;
  /** Fails joins of meetings and delays admissions. */
  readonly meetings: Pick<MeetingFaultRules, 'failJoins' | 'delayAdmissions' | 'clear'>;
  /** Loses, doubles, delays and reorders the events that servers get of their calls. */
  readonly callEvents: Pick<CallEventFaults, 'add' | 'clear' | 'rules'>;
  readonly #emulation: Emulation;
  readonly #endpoints: Endpoints;

  constructor(parts: {
    emulation: Emulation;
    endpoints: Endpoints;
    requests: RequestFaults;
    pushes: PushFaults;
    calls: CallFaults;
    meetings: MeetingFaultRules;
    callEvents: CallEventFaults;
  }) {
    this.requests = parts.requests;
    this.pushes = parts.pushes;
    this.calls = parts.calls;
    this.meetings = parts.meetings;
    this.callEvents = parts.callEvents;
    this.#emulation = parts.emulation;
    this.#endpoints = parts.endpoints;
  }

  /** Takes sockets down and returns how many. */
  dropSockets(selection: SocketSelection = {}, how: SocketDrop = 'terminate'): number {
    return this.#each(selection, (connection) => {
      if (how === 'terminate') connection.terminate();
      else if (how === 'close') connection.close(1001, 'going away');
      else connection.close(1000, 'disconnect');
    });
  }

  /** From now on the sockets swallow everything, as a broken network does. Returns how many. */
  freezeSockets(selection: SocketSelection = {}): number {
    return this.#each(selection, (connection) => connection.freeze());
  }

  /** Lets frozen sockets pass what they held. Returns how many. */
  thawSockets(selection: SocketSelection = {}): number {
    return this.#each(selection, (connection) => connection.thaw());
  }

  /** Sends a raw Socket.IO 0.9 frame. Returns to how many. */
  sendFrame(frame: string, selection: SocketSelection = {}): number {
    return this.#each(selection, (connection) => connection.sendRaw(frame));
  }

  /** Refuses to allocate realtime endpoints, for `forMs` milliseconds or the next `times` requests. */
  refuseAllocation(outage: Outage = {}): number {
    const { status = 503, ...bounds } = outage;
    return this.requests.add({ operation: 'Realtime_Allocate', answer: { status }, ...bounds });
  }

  /** Stops the registrar, for `forMs` milliseconds or the next `times` requests. */
  stopRegistrar(outage: Outage = {}): number {
    const { status = 503, ...bounds } = outage;
    return this.requests.add({ operation: 'Realtime_Register', answer: { status }, ...bounds });
  }

  /** Makes every token issued so far void: of one user (raw id), or of all. */
  expireTokens(user?: string): void {
    for (const identity of [...this.#emulation.store.identities()]) {
      if (!identity.deleted && (user === undefined || identity.id === user)) revokeTokens(this.#emulation, identity);
    }
    this.calls.expireTokens(user);
  }

  /** Moves the emulator's clock ahead by `ms` milliseconds. */
  moveClock(ms: number): void {
    this.#emulation.clock.move(ms);
  }

  /** Takes back all rules and thaws all sockets. The clock stays where it is. */
  clear(): void {
    this.requests.clear();
    this.pushes.clear();
    this.calls.clear();
    this.meetings.clear();
    this.callEvents.clear();
    this.thawSockets();
  }

  #each({ user }: SocketSelection, act: (connection: RealtimeConnection) => void): number {
    const chosen = [...this.#endpoints.all()].flatMap(({ connection, user: owner }: Endpoint) =>
      connection === undefined || (user !== undefined && user !== owner) ? [] : [connection],
    );
    chosen.forEach(act);
    return chosen.length;
  }
}
