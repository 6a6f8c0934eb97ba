import type { LogFields, Logger, LogLevel, RedactingLogger } from 'onescreen';
import { errorFields } from './error-fields';
import { redacted } from './redacted';

export interface RedactingOptions {
  /** The least grave level that is handed on. Default: `debug`, all. */
  readonly from?: LogLevel;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * A logger that hands on to `logger` what may be said, and keeps back what must not: tokens, phone numbers, e-mail
 * addresses, names, and whatever somebody wrote. Of errors it tells names and codes, theirs and their causes'; of
 * addresses scheme and host. A logger that throws is passed over. Left out: silent.
 */
export function redacting(
  logger?: Logger | RedactingLogger,
  { from = 'debug' }: RedactingOptions = {},
): RedactingLogger {
  if (logger !== undefined && 'redacts' in logger && from === 'debug') return logger;
  const at = (level: LogLevel): RedactingLogger[LogLevel] => {
    if (logger === undefined || levels.indexOf(level) < levels.indexOf(from)) return () => {};
    return (event, fields) => {
      try {
        logger[level](String(redacted('event', event)), redactedFields(fields));
      } catch {
        // Whoever logs must not fail for it.
      }
    };
  };
  return { redacts: true, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Objects are told of field by field, those within them not at all. */
function redactedFields(fields: Readonly<Record<string, unknown>>, within = false): LogFields {
  const told: Record<string, LogFields[string]> = {};
  for (const value of Object.values(fields)) if (value instanceof Error) Object.assign(told, errorFields(value));
  // What is said of an error gives way to what is said beside it.
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Error) continue;
    if (isPlain(value) && !within) Object.assign(told, redactedFields(value, true));
    else told[String(redacted('field', name))] = redacted(name, value);
  }
  return told;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
