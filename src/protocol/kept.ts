import type { Labels, Selector } from '../conversation/labels';
import type { TaskRecord } from './log-entry';

/** What a task asks for, or will. */
export interface KeptDemand {
  readonly queueId: string;
  readonly classificationPolicyId?: string;
  readonly channel: string;
  readonly priority: number;
  readonly labels: Labels;
  readonly selectors: readonly Selector[];
}

type Refs = Readonly<Record<string, string>>;

/** What the log keeps for a server that takes the conversation up, beside what its entries say. Never a token or a secret. */
export interface Kept {
  /** The command whose doing the entry is; without `agentId` a customer's. */
  readonly command?: { readonly id: string; readonly name: string; readonly agentId?: string };
  /** Of `conversation-opened`: the customer has a page that was given a resume token. */
  readonly page?: true;
  /** The same: what the start can be known by when it is sent again; digests. */
  readonly start?: { readonly key: string; readonly print: string };
  /** The same: what its first task asks for. */
  readonly demand?: KeptDemand;
  /** From here on the customer's page has been there: a wait that it does not watch any more is given up. */
  readonly attached?: true;
  /** Of `participant-joined`: which agent it is, and how much that agent takes on. */
  readonly agent?: {
    readonly id: string;
    readonly capacity?: number;
    readonly channels?: readonly { readonly channel: string; readonly cost: number; readonly max?: number }[];
  };
  /** Of `participant-joined` and `channel-opened`: the customer is not told of it for now. */
  readonly concealed?: true;
  /** Of `channel-opened`, or with the channel's id: what is known of it by now. */
  readonly channel?: {
    readonly id?: string;
    readonly providerRefs?: Refs;
    readonly customerRefs?: Refs;
    readonly planned?: boolean;
    readonly awaited?: boolean;
    readonly beside?: string;
    readonly standing?: boolean;
    /** The channel that ends once the customer is in this one. */
    readonly replaces?: string;
  };
  /** Of `task`. */
  readonly task?: {
    readonly selectors?: readonly Selector[];
    /** The policy that it was classified by last, or is, with the selectors that this attached. */
    readonly classification?: {
      readonly policyId: string;
      readonly selectors?: readonly Selector[];
      /** Epoch milliseconds. */
      readonly answeredAt?: number;
    };
    readonly suspended?: true;
    /** The consult for which its agent was asked in. */
    readonly askedFor?: string;
    /** With which offer it was accepted. */
    readonly offerId?: string;
    /** Epoch milliseconds at which it closes by itself. */
    readonly closeAt?: number;
  };
  /** Of `callback`: the task that it becomes. */
  readonly callback?: {
    readonly taskId: string;
    /** Name of the host that calls. */
    readonly host: string;
    readonly demand: KeptDemand;
    readonly from?: TaskRecord['from'];
  };
}
