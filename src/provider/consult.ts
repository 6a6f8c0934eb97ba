import type { Live } from '../live';
import type { ConsultRecord, ConsultStatus, Target } from '../protocol/log-entry';
import type { CommandOptions } from './control-plane';

/**
 * Somebody whom the agent of a task brings in. Each command resolves at once when it is so already, and
 * @throws ContactCenterError `command/not-allowed` with the reason where the consult is not that far, or too far
 */
export interface Consult {
  readonly id: string;
  /** `transfer` completes by itself as soon as they are there; `conference` merges by itself. */
  readonly purpose: ConsultRecord['purpose'];
  readonly state$: Live<ConsultState>;
  /** Changes who hears music: they or the customer. */
  swap(options?: CommandOptions): Promise<void>;
  /** Brings all together; nobody hears music. */
  merge(options?: CommandOptions): Promise<void>;
  /** Leaves the customer to them; wrap-up begins. */
  complete(options?: CommandOptions): Promise<void>;
  /** Takes them out again; the customer is back with the agent. A transfer to somebody outside cannot be stopped while it rings. */
  cancel(options?: CommandOptions): Promise<void>;
}

export interface ConsultState {
  readonly status: ConsultStatus;
  readonly kind: ConsultRecord['kind'];
  /** Who is asked. Untrusted text. */
  readonly displayName: string;
  /** Their participant, once they are in. */
  readonly participantId?: string;
  /** Why it ended, such as `no-answer`, `declined`, `busy`, `unavailable`, `left`, `customer-left`. */
  readonly reason?: string;
}

/** Whom an agent can consult. */
export type ConsultTarget = Exclude<Target, { readonly queue: string } | { readonly voicemail: string }>;
