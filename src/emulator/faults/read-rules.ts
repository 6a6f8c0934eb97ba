import { badRequest } from '../http/service-error';
import { optionalInteger, optionalString, requireObject, type JsonObject } from '../http/validation';
import type { Outage, SocketDrop, SocketSelection } from './faults';
import type { PushFault, PushFaultRule } from './push-faults';
import type { FaultAnswer, RequestFaultRule } from './request-faults';

const count = { min: 1, max: 1_000_000_000 };
const duration = { min: 0, max: 1_000_000_000 };

/** Reads a request fault as the control surface gets it. Throws 400. */
export function readRequestRule(body: JsonObject): RequestFaultRule {
  const { answer } = body;
  return {
    operation: optionalString(body.operation, 'operation'),
    method: optionalString(body.method, 'method'),
    path: optionalString(body.path, 'path'),
    user: optionalString(body.user, 'user'),
    when: readWhen(body.when),
    ...readBounds(body),
    answer: answer === undefined ? undefined : readAnswer(answer),
    delayMs: optionalInteger(body.delayMs, 'delayMs', duration),
  };
}

export function readPushRule(body: JsonObject): PushFaultRule {
  return {
    fault: readPushFault(body.fault),
    event: optionalInteger(body.event, 'event', { min: 0, max: 1000 }),
    user: optionalString(body.user, 'user'),
    times: optionalInteger(body.times, 'times', count),
  };
}

export function readOutage(body: JsonObject): Outage {
  return { status: optionalInteger(body.status, 'status', { min: 400, max: 599 }), ...readBounds(body) };
}

export function readSelection(body: JsonObject): SocketSelection {
  return { user: optionalString(body.user, 'user') };
}

export function readSocketDrop(value: unknown): SocketDrop {
  if (value === undefined) return 'terminate';
  if (value !== 'terminate' && value !== 'close' && value !== 'disconnect')
    throw badRequest('how must be terminate, close or disconnect.', 'how');
  return value;
}

function readWhen(value: unknown): 'before' | 'after' | undefined {
  if (value === undefined || value === 'before' || value === 'after') return value;
  throw badRequest('when must be before or after.', 'when');
}

function readBounds(body: JsonObject): { times: number | undefined; forMs: number | undefined } {
  return { times: optionalInteger(body.times, 'times', count), forMs: optionalInteger(body.forMs, 'forMs', duration) };
}

function readAnswer(value: unknown): FaultAnswer {
  if (value === 'drop') return value;
  const answer = requireObject(value, 'answer');
  const status = optionalInteger(answer.status, 'answer.status', { min: 400, max: 599 });
  if (status === undefined) throw badRequest('answer must be "drop" or have a status.', 'answer');
  return {
    status,
    code: optionalString(answer.code, 'answer.code'),
    message: optionalString(answer.message, 'answer.message'),
    headers: answer.headers === undefined ? undefined : readHeaders(requireObject(answer.headers, 'answer.headers')),
  };
}

function readHeaders(headers: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    const fits = /^[\w-]+$/.test(name) && typeof value === 'string' && /^[\x20-\x7e]*$/.test(value);
    if (!fits) throw badRequest('A header needs a plain name and a string.', `answer.headers.${name}`);
    return [name, value];
  });
  return Object.fromEntries(entries);
}

function readPushFault(value: unknown): PushFault {
  if (value === 'lose' || value === 'duplicate' || value === 'swap') return value;
  const delayMs = optionalInteger(requireObject(value, 'fault').delayMs, 'fault.delayMs', duration);
  if (delayMs === undefined) throw badRequest('fault must be lose, duplicate, swap or have delayMs.', 'fault');
  return { delayMs };
}
