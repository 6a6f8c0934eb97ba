import type { Random } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import type { PushFaults } from '../faults/push-faults';
import type { Endpoints } from './endpoints';
import type { PushEvent } from './push-events';
import type { Registrar } from './registrar';

/** Brings events to every registered client of their recipients. There is no second try: what no socket takes is lost. */
export class Delivery {
  readonly #registrar: Registrar;
  readonly #endpoints: Endpoints;
  readonly #faults: PushFaults;
  readonly #log: ActivityLog;
  readonly #random: Random;

  constructor(parts: {
    registrar: Registrar;
    endpoints: Endpoints;
    faults: PushFaults;
    log: ActivityLog;
    random: Random;
  }) {
    this.#registrar = parts.registrar;
    this.#endpoints = parts.endpoints;
    this.#faults = parts.faults;
    this.#log = parts.log;
    this.#random = parts.random;
  }

  push(recipients: Iterable<string>, event: PushEvent): void {
    for (const user of new Set(recipients)) {
      const registrations = this.#registrar.of(user);
      if (registrations.length === 0) continue;
      const body = JSON.stringify({ eventId: event.id, ...event.body, recipientMri: user });
      const correlation = this.#random.id();
      for (const { endpoint } of registrations) {
        const kept = this.#faults.pass(event.id, user, () => this.#send(event.id, user, endpoint, body, correlation));
        if (!kept) this.#log.add({ kind: 'push', event: event.id, user, endpoint, outcome: 'faulted' });
      }
    }
  }

  #send(event: number, user: string, endpoint: string, body: string, correlation: string): void {
    const connection = this.#endpoints.get(endpoint)?.connection;
    this.#log.add({ kind: 'push', event, user, endpoint, outcome: connection === undefined ? 'lost' : 'sent' });
    connection?.push(event, body, correlation);
  }
}
