import type { Labels } from '../conversation/labels';
import type { RoutingExplanation } from '../conversation/routing-explanation';
import type { OfferOutcome } from '../protocol/agent-frames';
import type { CommandOptions } from '../provider/control-plane';
import type { Task, TaskInfo } from './task';

/** A task that this agent may accept until `expiresAt`. */
export interface Offer {
  readonly id: string;
  readonly task: TaskInfo;
  readonly conversation: ConversationPreview;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Who won and why, the runners-up, and what everybody had to satisfy. */
  readonly why?: RoutingExplanation;
  /**
   * Takes the task. Safe to call twice.
   * @throws ContactCenterError `offer/gone` when it was accepted elsewhere, has expired or was revoked: expected, see `outcome`
   */
  accept(options?: AcceptOptions): Promise<Task>;
  /** Leaves the task to others; with `retryAt` it may come back from then on. Nothing happens when the offer is gone. */
  decline(options?: { readonly reason?: string; readonly retryAt?: Date } & CommandOptions): Promise<void>;
  /** How the offer ended. Always resolves. */
  readonly outcome: Promise<OfferOutcome>;
}

export interface AcceptOptions extends CommandOptions {
  /** Answers a call with the microphone muted. */
  readonly muted?: boolean;
}

/** What may be seen of a conversation before it is accepted. Untrusted text. */
export interface ConversationPreview {
  readonly id: string;
  readonly customer: string;
  readonly context: Labels;
}
