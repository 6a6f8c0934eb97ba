/**
 * Where the server says what it does. It is given ids and reasons only: never a token, a message, a phone
 * number or a display name.
 */
export interface Logger {
  debug(event: string, fields: LogFields): void;
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** What may be logged of an error: its name and code, never its message, which may quote what was sent. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  return { error: error.name, ...(code !== undefined && { code }), ...(status !== undefined && { status }) };
}
