import type { Clock, Random } from 'onescreen';
import type { JsonObject } from '../http/validation';
import type { CallEventFaults } from './call-event-faults';
import type { Webhook } from './webhook';

/** Whose event it is. */
export interface EventSource {
  readonly callConnectionId: string;
  readonly serverCallId: string;
  readonly correlationId: string;
}

/** What the event says beside that. */
export interface EventDetails {
  /** Without `Microsoft.Communication.`. */
  readonly type: string;
  /** Code 0 goes out as 200. */
  readonly result?: { readonly code: number; readonly subCode: number; readonly message?: string };
  readonly operationContext?: string | undefined;
  readonly data?: JsonObject;
  /** Default `calling/callConnections/<id>`. */
  readonly source?: string;
}

/** The version of the events. Source: published recordings of the service. */
const eventVersion = '2025-06-15';

/** Attempts for one event, and milliseconds for which it is tried (chosen; the service promises at least once). */
const attempts = 6;
const forMs = 60_000;

export interface CallbackParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly webhook: Webhook;
  readonly faults: CallEventFaults;
}

/** Posts the events of calls to the callback addresses of servers. */
export class CallbackEvents {
  readonly #parts: CallbackParts;

  constructor(parts: CallbackParts) {
    this.#parts = parts;
  }

  send(url: string, from: EventSource, details: EventDetails): void {
    const { random, webhook, faults } = this.#parts;
    const { type } = details;
    const body = JSON.stringify([this.#event(from, details)]);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'ms-cv': `${random.id().slice(0, 22)}.0` };
    faults.pass(type, () => webhook.deliver({ url, body, headers, event: type, attempts, forMs }));
  }

  #event(from: EventSource, { type, result, operationContext, data, source }: EventDetails): JsonObject {
    const { clock, random } = this.#parts;
    const publicEventType = `Microsoft.Communication.${type}`;
    const where = source ?? `calling/callConnections/${from.callConnectionId}`;
    const { code = 200, subCode = 0, message = '' } = result ?? {};
    return {
      id: random.id(),
      source: where,
      type: publicEventType,
      specversion: '1.0',
      datacontenttype: 'application/json',
      subject: where,
      time: new Date(clock.now()).toISOString().replace('Z', '0000+00:00'),
      data: {
        ...data,
        ...(operationContext !== undefined && { operationContext }),
        resultInformation: { code: code === 0 ? 200 : code, subCode, message },
        version: eventVersion,
        ...from,
        publicEventType,
      },
    };
  }
}
