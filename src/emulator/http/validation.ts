import { badRequest, tooLarge } from './service-error';

/** A JSON object whose members are not yet known. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function requireObject(value: unknown, field: string): JsonObject {
  if (!isJsonObject(value)) throw badRequest(`${field} must be an object.`, field);
  return value;
}

export function requireArray(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw badRequest(`${field} must be an array.`, field);
  return value;
}

/** A string with at least one character. */
export function requireText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw badRequest(`${field} must be a string.`, field);
  if (value === '') throw badRequest(`${field} must not be empty.`, field);
  return value;
}

/** A string, or `undefined` when absent or null. */
export function optionalString(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(`${field} must be a string.`, field);
  return value;
}

export function optionalInteger(
  value: unknown,
  field: string,
  range: { min: number; max: number },
): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < range.min || value > range.max) {
    throw badRequest(`${field} must be an integer within [${range.min},${range.max}].`, field);
  }
  return value;
}

/** An RFC 3339 time as epoch milliseconds. */
export function optionalTime(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`${field} must be a time such as 2020-10-30T10:50:50Z.`, field);
  return time;
}

/** String to string. `maxBytes` bounds keys and values together. */
export type Metadata = Readonly<Record<string, string>>;

export function optionalMetadata(value: unknown, field: string, maxBytes?: number): Metadata | undefined {
  if (value === undefined || value === null) return undefined;
  const entries = Object.entries(requireObject(value, field));
  const metadata = Object.fromEntries(
    entries.map(([key, item]) => [key, requireMetadataValue(item, `${field}.${key}`)]),
  );
  requireMetadataSize(metadata, field, maxBytes);
  return metadata;
}

/**
 * Applies a JSON merge patch (RFC 7396) to metadata: a null takes a key away, null as a whole takes
 * everything away, and what the patch does not name stays.
 */
export function patchMetadata(
  current: Metadata | undefined,
  patch: unknown,
  field: string,
  maxBytes?: number,
): Metadata | undefined {
  if (patch === undefined) return current;
  if (patch === null) return undefined;
  const entries = new Map(Object.entries(current ?? {}));
  for (const [key, item] of Object.entries(requireObject(patch, field))) {
    if (item === null) entries.delete(key);
    else entries.set(key, requireMetadataValue(item, `${field}.${key}`));
  }
  const metadata = Object.fromEntries(entries);
  requireMetadataSize(metadata, field, maxBytes);
  return metadata;
}

function requireMetadataValue(value: unknown, field: string): string {
  if (typeof value !== 'string') throw badRequest(`${field} must be a string.`, field);
  return value;
}

function requireMetadataSize(metadata: Metadata, field: string, maxBytes: number | undefined): void {
  if (maxBytes !== undefined && metadataBytes(metadata) > maxBytes)
    throw tooLarge(`${field} must not exceed ${maxBytes} bytes.`, field);
}

export function metadataBytes(metadata: Metadata | undefined): number {
  return Object.entries(metadata ?? {}).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}
