import type { Labels } from '../conversation/labels';
import type { CallTarget } from '../protocol/agent-frames';
import type { CommandOptions } from '../provider/control-plane';
import type { Task } from './task';

/** Conversations that the agent begins. */
export interface Outbound {
  /**
   * Calls somebody; resolves with the task as soon as it is the agent's, while it still rings. Whose number is shown
   * is the queue's affair: its resource account's.
   * @throws ContactCenterError `command/invalid` for a number that is none (E.164: `+` and 8 to 15 digits), `agent/unreachable`
   */
  call(
    to: CallTarget,
    options?: { readonly queueId?: string; readonly context?: Labels } & CommandOptions,
  ): Promise<Task>;
}
