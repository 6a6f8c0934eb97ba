import { requireObject, type JsonObject } from '../http/validation';
import { badRequest } from '../http/service-error';
import type { ContextFrame } from '../calls/frames';

type Headers = NonNullable<ContextFrame['voipHeaders']>;

/** Reads `customCallingContext`. The details for Teams' own clients go nowhere, as there are none here. Throws 400. */
export function readContext(value: unknown, field: string): ContextFrame | undefined {
  if (value === undefined || value === null) return undefined;
  const context = requireObject(value, field);
  const voipHeaders = readHeaders(context.voipHeaders, `${field}.voipHeaders`);
  const sipHeaders = readHeaders(context.sipHeaders, `${field}.sipHeaders`);
  if (voipHeaders.length === 0 && sipHeaders.length === 0) return undefined;
  return { ...(voipHeaders.length > 0 && { voipHeaders }), ...(sipHeaders.length > 0 && { sipHeaders }) };
}

/** A context as an incoming call's event carries it. */
export function contextModel({ voipHeaders = [], sipHeaders = [] }: ContextFrame): JsonObject {
  const model = (headers: Headers) => Object.fromEntries(headers.map(({ key, value }) => [key, value]));
  return { sipHeaders: model(sipHeaders), voipHeaders: model(voipHeaders) };
}

function readHeaders(value: unknown, field: string): Headers {
  if (value === undefined || value === null) return [];
  return Object.entries(requireObject(value, field)).map(([key, text]) => {
    if (typeof text !== 'string') throw badRequest(`${field}.${key} must be a string.`, field);
    return { key, value: text };
  });
}
