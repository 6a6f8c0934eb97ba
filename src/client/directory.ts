import type { DirectoryRecord } from '../protocol/agent-frames';
import type { CommandOptions } from '../provider/control-plane';

/** Whom work can be given to. */
export interface Directory {
  /**
   * Agents, queues and the vendor's contacts whose name or detail holds `text`; left out: the first of them. Each has
   * the `target` that `task.transfer` and `task.consult` take.
   */
  search(text?: string, options?: { readonly limit?: number } & CommandOptions): Promise<readonly DirectoryRecord[]>;
}
