import { given } from './given';

/**
 * Codes of errors and of ends of calls and meetings that onescreen itself raises; `docs/errors.md` has cause and remedy
 * of each. The list is open: a control plane or a provider may add codes of its own in the same grammar,
 * `area/kebab-case`.
 */
export type ErrorCode =
  | 'agent/config'
  | 'agent/config-assignment'
  | 'agent/config-consent'
  | 'agent/config-license'
  | 'agent/disconnected'
  | 'agent/duplicate'
  | 'agent/identity-mismatch'
  | 'agent/insecure-page'
  | 'agent/no-capacity'
  | 'agent/token-refused'
  | 'agent/token-scope'
  | 'agent/unavailable'
  | 'agent/unreachable'
  | 'call/abandoned'
  | 'call/accepted-elsewhere'
  | 'call/bad-destination'
  | 'call/busy'
  | 'call/cancelled'
  | 'call/command-failed'
  | 'call/completed'
  | 'call/config-bot'
  | 'call/config-federation'
  | 'call/config-license'
  | 'call/declined'
  | 'call/ended'
  | 'call/forbidden'
  | 'call/gone'
  | 'call/hold-failed'
  | 'call/network'
  | 'call/no-answer'
  | 'call/not-supported'
  | 'call/phone-network'
  | 'call/play-failed'
  | 'call/removed'
  | 'call/service'
  | 'call/tab-closed'
  | 'call/throttled'
  | 'call/unknown'
  | 'call/unreachable'
  | 'call/wrong-state'
  | 'callback/gone'
  | 'channel/closed'
  | 'channel/not-permitted'
  | 'channel/rate-limited'
  | 'channel/unavailable'
  | 'command/aborted'
  | 'command/conflict'
  | 'command/failed'
  | 'command/invalid'
  | 'command/not-allowed'
  | 'command/rate-limited'
  | 'command/timed-out'
  | 'consult/failed'
  | 'consult/gone'
  | 'conversation/not-found'
  | 'conversation/too-many'
  | 'device/audio-blocked'
  | 'device/camera'
  | 'device/not-found'
  | 'device/permission-denied'
  | 'device/speakers-not-listed'
  | 'device/unavailable'
  | 'emulator/media-missing'
  | 'invitation/gone'
  | 'meeting/denied'
  | 'meeting/ended'
  | 'meeting/guest-gone'
  | 'meeting/joined-elsewhere'
  | 'meeting/left'
  | 'meeting/lobby-timeout'
  | 'meeting/not-joinable'
  | 'meeting/participant-gone'
  | 'meeting/picture-gone'
  | 'meeting/removed'
  | 'meeting/wrong-passcode'
  | 'message/not-found'
  | 'message/too-large'
  | 'offer/gone'
  | 'phone/leader-gone'
  | 'provider/missing'
  | 'routing/differs'
  | 'routing/fault'
  | 'routing/invalid'
  | 'session/closed'
  | 'session/offline'
  | 'session/signed-out'
  | 'session/unauthorized'
  | 'session/unavailable'
  | 'simulation/invalid'
  | 'task/gone'
  | 'task/unassign-limit'
  | 'task/wrong-state'
  | 'token/interaction-required'
  | 'token/unavailable'
  | 'traffic/invalid'
  | 'transfer/failed'
  | 'worker/gone'
  | 'worker/no-capacity'
  | (string & {});

/** What a provider's own software said, kept as it came. Its values are not covered by our version number. */
export interface ProviderFault {
  readonly name: string;
  readonly code?: string | number;
  readonly subCode?: string | number;
}

/** An error as it travels between control plane and desk. */
export interface ErrorShape {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly correlationId?: string;
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly reason?: string;
  readonly provider?: ProviderFault;
}

export interface ErrorDetails {
  /** True when the same command may succeed later without any change. Defaults to false. */
  readonly retryable?: boolean;
  /** Id to quote to whoever runs the control plane. */
  readonly correlationId?: string;
  /** For `command/invalid`: which input was refused, as a path such as `options.tokens`. */
  readonly field?: string;
  /** For rate limits: milliseconds to wait before the next try, when the other side named them. */
  readonly retryAfterMs?: number;
  /** Why, in one word: of `command/not-allowed` what `task.can` says, of `transfer/failed` what became of it, such as `no-answer`. */
  readonly reason?: string;
  readonly provider?: ProviderFault;
  readonly cause?: unknown;
}

const name = 'ContactCenterError';

/** The only error that commands reject with. Test it with {@link isContactCenterError}, then read `code`. */
export class ContactCenterError extends Error implements ErrorShape {
  override readonly name = name;
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly correlationId?: string;
  declare readonly field?: string;
  declare readonly retryAfterMs?: number;
  declare readonly reason?: string;
  declare readonly provider?: ProviderFault;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.code = code;
    Object.assign(this, detailsOf(details));
  }

  toJSON(): ErrorShape {
    return { code: this.code, message: this.message, ...detailsOf(this) };
  }
}

function detailsOf({ retryable = false, correlationId, field, retryAfterMs, reason, provider }: ErrorDetails) {
  return { retryable, ...given({ correlationId, field, retryAfterMs, reason, provider }) };
}

/**
 * Tells whether `error` is a {@link ContactCenterError}, and optionally one with this `code`. Works
 * across copies of the package (ESM beside CommonJS), where `instanceof` does not.
 */
export function isContactCenterError(error: unknown, code?: ErrorCode): error is ContactCenterError {
  return (
    error instanceof Error && error.name === name && (code === undefined || ('code' in error && error.code === code))
  );
}

/** `error` itself when it is ours, else a new error with this `code` that keeps it as its cause. */
export function toContactCenterError(error: unknown, code: ErrorCode, message: string): ContactCenterError {
  if (isContactCenterError(error)) return error;
  return new ContactCenterError(code, message, { cause: error });
}
