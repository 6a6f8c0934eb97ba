import { isObject, rawIdOf } from './callback-event';

/** What Event Grid tells of a call that comes in. All of it is untrusted. */
export interface IncomingEvent {
  readonly id: string;
  readonly incomingCallContext: string;
  readonly serverCallId: string;
  /** Raw ids. */
  readonly from: string;
  readonly to: string;
  readonly onBehalfOf?: string;
  readonly displayName?: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type GridEvent =
  | { readonly kind: 'validation'; readonly code: string }
  | { readonly kind: 'incoming'; readonly event: IncomingEvent }
  | { readonly kind: 'other' };

/** Reads a delivery of Event Grid, in its own schema or as CloudEvents, one or many; undefined when it is none. */
export function readGridEvents(body: unknown): readonly GridEvent[] | undefined {
  const events: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (!events.every(isObject)) return undefined;
  return events.map(readOne);
}

function readOne(event: Readonly<Record<string, unknown>>): GridEvent {
  const { id, data } = event;
  const type = event['eventType'] ?? event['type'];
  if (!isObject(data)) return { kind: 'other' };
  if (type === 'Microsoft.EventGrid.SubscriptionValidationEvent') {
    const code = data['validationCode'];
    return typeof code === 'string' ? { kind: 'validation', code } : { kind: 'other' };
  }
  const { incomingCallContext, serverCallId, callerDisplayName } = data;
  const from = rawIdOf(data['from']);
  const to = rawIdOf(data['to']);
  const onBehalfOf = rawIdOf(data['onBehalfOfCallee']);
  if (
    type !== 'Microsoft.Communication.IncomingCall' ||
    typeof id !== 'string' ||
    typeof incomingCallContext !== 'string' ||
    from === undefined ||
    to === undefined
  ) {
    return { kind: 'other' };
  }
  return {
    kind: 'incoming',
    event: {
      id,
      incomingCallContext,
      serverCallId: typeof serverCallId === 'string' ? serverCallId : '',
      from,
      to,
      headers: readHeaders(data['customContext']),
      ...(onBehalfOf !== undefined && { onBehalfOf }),
      ...(typeof callerDisplayName === 'string' && callerDisplayName !== '' && { displayName: callerDisplayName }),
    },
  };
}

function readHeaders(context: unknown): Readonly<Record<string, string>> {
  if (!isObject(context)) return {};
  const entries = ['voipHeaders', 'sipHeaders'].flatMap((kind) => {
    const headers = context[kind];
    return isObject(headers) ? Object.entries(headers) : [];
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
