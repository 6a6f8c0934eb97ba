import { isContactCenterError } from 'onescreen';
import type { EmulatorCore } from '../create-emulator';
import { badRequest, notFound } from '../http/service-error';
import { optionalInteger, optionalString, requireObject, requireText, type JsonObject } from '../http/validation';
import type { CallEventFault, CallEventFaultRule } from './call-event-faults';
import type { EventGridRequest } from './event-grid';

const count = { min: 1, max: 1_000_000_000 };
const duration = { min: 0, max: 1_000_000_000 };

/** Call Automation's and Event Grid's part of the control surface. */
export function serveAutomationControl(
  core: Pick<EmulatorCore, 'faults' | 'eventGrid'>,
  post: (path: string, run: (body: JsonObject) => unknown) => void,
): void {
  post('/faults/call-events', (body) => core.faults.callEvents.add(readCallEventRule(body)));
  post('/event-grid/subscribe', async (body) => {
    try {
      const { id, endpoint } = await core.eventGrid.subscribe(readSubscription(body));
      return { id, endpoint };
    } catch (error) {
      throw isContactCenterError(error, 'command/invalid') ? badRequest(error.message, 'endpoint') : error;
    }
  });
  post('/event-grid/unsubscribe', (body) => {
    if (!core.eventGrid.unsubscribe(requireText(body.id, 'id'))) throw notFound('There is no such subscription.');
  });
}

function readCallEventRule(body: JsonObject): CallEventFaultRule {
  const { share } = body;
  if (share !== undefined && !(typeof share === 'number' && share > 0 && share <= 1))
    throw badRequest('share must be a number above 0, at most 1.', 'share');
  return {
    fault: readFault(body.fault),
    type: optionalString(body.type, 'type'),
    times: optionalInteger(body.times, 'times', count),
    share,
  };
}

function readFault(value: unknown): CallEventFault {
  if (value === 'lose' || value === 'double' || value === 'reorder') return value;
  const delayMs = optionalInteger(requireObject(value, 'fault').delayMs, 'fault.delayMs', duration);
  if (delayMs === undefined) throw badRequest('fault must be lose, double, reorder or have delayMs.', 'fault');
  return { delayMs };
}

function readSubscription(body: JsonObject): EventGridRequest {
  const { schema, headers } = body;
  if (schema !== undefined && schema !== 'eventGrid' && schema !== 'cloudEvents')
    throw badRequest('schema must be eventGrid or cloudEvents.', 'schema');
  const to = optionalString(body.to, 'to');
  return {
    endpoint: requireText(body.endpoint, 'endpoint'),
    ...(to !== undefined && { to }),
    ...(schema !== undefined && { schema }),
    ...(headers !== undefined && { headers: readHeaders(requireObject(headers, 'headers')) }),
  };
}

function readHeaders(headers: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    if (typeof value !== 'string') throw badRequest('A header needs a string.', `headers.${name}`);
    return [name, value];
  });
  return Object.fromEntries(entries);
}
