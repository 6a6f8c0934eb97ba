/** How grave a line of a log is, from the least. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a line says beside its event: ids, codes, counts and words of one kind, never what people said or are called. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where lines of a log go, such as `console`. `event` is kebab-case and stable. */
export type Logger = { readonly [Level in LogLevel]: (event: string, fields: LogFields) => void };

/**
 * Takes lines, with whatever there is to say of them, and hands on what may be said: no token, phone number, address,
 * name or message. `redacting()` of `onescreen/logging` makes one of any logger.
 */
export type RedactingLogger = {
  readonly [Level in LogLevel]: (event: string, fields: Readonly<Record<string, unknown>>) => void;
} & { readonly redacts: true };
