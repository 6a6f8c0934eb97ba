import { isJsonObject, type JsonObject } from '../http/validation';

/** A frame of Socket.IO 0.9, `type:[id[+]]:[endpoint][:data]`, as a client may send it. */
export type Frame =
  | { readonly type: 'disconnect' }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'message'; readonly data: JsonObject }
  | {
      readonly type: 'event';
      readonly ackId?: string;
      readonly ackData: boolean;
      readonly name: string;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'ack' }
  | { readonly type: 'noop' };

const shape = /^([0-8]):(\d{0,9})(\+?):([^:]*)(?::([\s\S]*))?$/;

/** Reads one frame; `undefined` when it is malformed or of a type that clients do not send. */
export function parseFrame(text: string): Frame | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, type, id = '', plus, , data = ''] = match;
  if (type === '0') return { type: 'disconnect' };
  if (type === '2') return { type: 'heartbeat' };
  if (type === '6') return { type: 'ack' };
  if (type === '8') return { type: 'noop' };
  const value = parseObject(data);
  if (value === undefined) return undefined;
  if (type === '3' || type === '4') return { type: 'message', data: value };
  if (type !== '5' || typeof value.name !== 'string') return undefined;
  const args: readonly unknown[] = Array.isArray(value.args) ? value.args : [];
  return { type: 'event', ...(id !== '' && { ackId: id }), ackData: plus === '+', name: value.name, args };
}

export const connectFrame = '1::';
export const heartbeatFrame = '2::';
export const disconnectFrame = '0::';

export function eventFrame(name: string, ...args: readonly unknown[]): string {
  return `5:::${JSON.stringify({ name, args })}`;
}

export function messageFrame(data: JsonObject): string {
  return `3:::${JSON.stringify(data)}`;
}

export function ackFrame(ackId: string, args: readonly unknown[]): string {
  return `6:::${ackId}+${JSON.stringify(args)}`;
}

function parseObject(data: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
