import type { Clock, Random } from 'onescreen';
import { ContactCenterError } from 'onescreen';
import type { ServerIncoming } from '../calls/call-servers';
import { isJsonObject, type JsonObject } from '../http/validation';
import { contextModel } from './call-context';
import { identifierModel } from './identifier-model';
import type { IncomingCalls } from './incoming-calls';
import { isLoopback } from './loopback-url';
import type { Webhook } from './webhook';

/** Somebody who wants to be told of calls that come in. */
export interface EventGridRequest {
  /** An http address on this machine. */
  readonly endpoint: string;
  /** Sent with every event, such as a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Only calls to this raw id, or on behalf of it. */
  readonly to?: string;
  /** Default `eventGrid`. */
  readonly schema?: 'eventGrid' | 'cloudEvents';
}

export interface EventGridSubscription {
  readonly id: string;
  readonly endpoint: string;
  close(): void;
}

/** How often and for how long an event is tried. Source: azure-docs, quickstarts/tpe/teams-phone-extensibility-optimize-latency. */
const attempts = 2;
const forMs = 60_000;

export interface EventGridParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly resourceId: string;
  readonly webhook: Webhook;
  readonly incoming: IncomingCalls;
}

/** Tells servers of calls that come in, as Azure Event Grid does. */
export class EventGrid {
  readonly #parts: EventGridParts;
  readonly #subscriptions = new Map<string, EventGridRequest>();

  constructor(parts: EventGridParts) {
    this.#parts = parts;
  }

  /** Rejects with `command/invalid` for an address elsewhere, or when the server there does not pass the handshake. */
  async subscribe(request: EventGridRequest): Promise<EventGridSubscription> {
    if (!isLoopback(request.endpoint)) throw refused('the endpoint is not on this machine');
    const agrees = request.schema === 'cloudEvents' ? await this.#askToSend(request) : await this.#validate(request);
    if (!agrees) throw refused('the endpoint did not answer the validation handshake');
    const id = this.#parts.random.id();
    this.#subscriptions.set(id, request);
    return { id, endpoint: request.endpoint, close: () => this.unsubscribe(id) };
  }

  /** False when there is none. */
  unsubscribe(id: string): boolean {
    return this.#subscriptions.delete(id);
  }

  list(): readonly (Omit<EventGridRequest, 'headers'> & { readonly id: string })[] {
    return [...this.#subscriptions].map(([id, { endpoint, to, schema = 'eventGrid' }]) => ({
      id,
      endpoint,
      ...(to !== undefined && { to }),
      schema,
    }));
  }

  /** Whether somebody is told of calls to this raw id. */
  takes(...rawIds: readonly string[]): boolean {
    return this.#fitting(rawIds).length > 0;
  }

  /** Tells everybody who wants to know; the first to answer has the call. */
  publish(incoming: ServerIncoming): void {
    const context = this.#parts.incoming.add(incoming);
    const { from, to, onBehalfOf } = incoming;
    const recipients = onBehalfOf === undefined ? [to] : [to, onBehalfOf];
    for (const request of this.#fitting(recipients)) {
      this.#send(request, `/caller/${from.rawId}/recipient/${to}`, incomingModel(incoming, context));
    }
  }

  #fitting(rawIds: readonly string[]): readonly EventGridRequest[] {
    return [...this.#subscriptions.values()].filter(({ to }) => to === undefined || rawIds.includes(to));
  }

  #send({ endpoint, headers, schema }: EventGridRequest, subject: string, data: JsonObject): void {
    const { clock, random, webhook } = this.#parts;
    const type = 'Microsoft.Communication.IncomingCall';
    const time = new Date(clock.now()).toISOString();
    const common = { id: random.id(), subject, data };
    const isCloud = schema === 'cloudEvents';
    const body = isCloud
      ? { ...common, source: this.#topic, type, specversion: '1.0', time }
      : [{ ...common, topic: this.#topic, eventType: type, dataVersion: '1.0', metadataVersion: '1', eventTime: time }];
    webhook.deliver({
      url: endpoint,
      body: JSON.stringify(body),
      headers: {
        'content-type': `application/${isCloud ? 'cloudevents+json' : 'json'}; charset=utf-8`,
        'aeg-event-type': 'Notification',
        'aeg-data-version': '1.0',
        'aeg-metadata-version': '1',
        'aeg-delivery-count': '0',
        ...headers,
      },
      event: 'IncomingCall',
      attempts,
      forMs,
    });
  }

  /** The handshake of Event Grid's own schema: the code that is sent must come back. */
  async #validate({ endpoint, headers }: EventGridRequest): Promise<boolean> {
    const { clock, random, webhook } = this.#parts;
    const validationCode = random.id();
    const event = {
      id: random.id(),
      topic: this.#topic,
      subject: '',
      data: { validationCode },
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      dataVersion: '2',
      metadataVersion: '1',
      eventTime: new Date(clock.now()).toISOString(),
    };
    const response = await webhook.ask(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'aeg-event-type': 'SubscriptionValidation',
        ...headers,
      },
      body: JSON.stringify([event]),
    });
    const answer: unknown = response?.ok === true ? await response.json().catch(() => undefined) : undefined;
    return isJsonObject(answer) && answer.validationResponse === validationCode;
  }

  /** The handshake of CloudEvents: the server must allow our origin. */
  async #askToSend({ endpoint, headers }: EventGridRequest): Promise<boolean> {
    const origin = 'eventgrid.azure.net';
    const response = await this.#parts.webhook.ask(endpoint, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': origin, ...headers },
    });
    const allowed = response?.ok === true ? response.headers.get('webhook-allowed-origin') : null;
    return allowed === '*' || allowed === origin;
  }

  get #topic(): string {
    return `/subscriptions/emulator/resourceGroups/emulator/providers/Microsoft.Communication/communicationServices/${this.#parts.resourceId}`;
  }
}

function incomingModel(incoming: ServerIncoming, incomingCallContext: string): JsonObject {
  const { from, to, onBehalfOf, serverCallId, correlationId, context } = incoming;
  return {
    // A resource account's kind is not told.
    to: to.startsWith('28:') ? { kind: 'unknown', rawId: to } : identifierModel(to),
    from: identifierModel(from.rawId),
    ...(onBehalfOf !== undefined && { onBehalfOfCallee: { kind: 'unknown', rawId: onBehalfOf } }),
    serverCallId,
    callerDisplayName: from.displayName ?? '',
    ...(context !== undefined && { customContext: contextModel(context) }),
    incomingCallContext,
    correlationId,
  };
}

const refused = (why: string) =>
  new ContactCenterError('command/invalid', `unable to subscribe to events; ${why}`, { field: 'endpoint' });
