export { redacting } from './redacting';
export type { RedactingOptions } from './redacting';
export { errorFields } from './error-fields';
export { redacted } from './redacted';
export type { LogFields, Logger, LogLevel, RedactingLogger } from 'onescreen';
