import type * as world from 'onescreen';
/** What the recipe above exports, and what knows the answers. */
export declare function serveChats(
  client: world.ContactCenterClient,
  options: {
    readonly reply: (
      message: world.MessageItem,
      task: world.Task,
    ) => Promise<{
      readonly say?: string;
      readonly handOver?: { readonly queue: string; readonly note?: string; readonly learnt?: world.Labels };
    }>;
    readonly humans: string;
    readonly greeting?: string;
  },
): unknown;
export declare function askYourModel(text: string, timeline: world.Timeline): Promise<string>;
