import type { Clock, ParticipantRecord } from 'onescreen';
import type { CallControl, Prompt } from '../call-control';
import type { CallHost, QueueStanding } from '../call-host';
import type { ProviderRefs } from '../chat-host';
import type { Logger } from 'onescreen/logging';
import type { Greet } from './greeting';

export interface CallHostOptions {
  readonly control: CallControl;
  /** Object id of the resource account whose calls come to this host. */
  readonly resourceAccount: string;
  /** Default `acs`. */
  readonly name?: string;
  /** A customer's page is about to call: more of what it needs to know, and the customer's names. Left out: nothing, and those that there are. */
  readonly open?: (request: {
    readonly conversationId: string;
    readonly channelId: string;
    readonly customer: ParticipantRecord;
  }) => Promise<{ readonly providerRefs?: ProviderRefs; readonly customerRefs: ProviderRefs }>;
  /** As in {@link CallHost}: the agents' raw ids, in `acs`. */
  readonly identify?: CallHost['identify'];
  /** As in {@link CallHost}. */
  readonly token?: CallHost['token'];
  /** Whether an agent's outbound call begins at the agent's desk, in the resource account's name. Default true. */
  readonly desksDial?: boolean;
  /** Whether Teams users can be added and be given calls. Default false: Microsoft's documents disagree on whether the service does it. */
  readonly teamsUsers?: boolean;
  /** Whether agents can be muted by others. Default false: Teams Phone extensibility does not let a server do it. */
  readonly muteParticipants?: boolean;
  readonly sounds?: CallHostSounds;
  /** Welcomes callers before they are queued; at most 45 s. */
  readonly greet?: Greet;
  readonly queueMenu?: QueueMenu;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface CallHostSounds {
  /** What waiting customers hear. */
  readonly music?: Prompt;
  /** What an agent hears while the customer's phone rings. */
  readonly ringback?: Prompt;
  /** What a waiting customer is told from time to time; undefined: nothing now. Default: place and estimated wait, in English. */
  readonly standing?: (standing: QueueStanding) => Prompt | undefined;
}

/** What waiting customers can do by the keys of their phones. */
export interface QueueMenu {
  /** `0`-`9`, `*` or `#`: asks to be called back at the number that they call from. */
  readonly callbackKey?: string;
  /** Said once, when the customer begins to wait: what the keys do. */
  readonly prompt?: Prompt;
}

/** Place and estimated wait in English. */
export function spokenStanding({ position, estimatedWaitMs }: QueueStanding): Prompt {
  const place = position <= 1 ? 'You are next.' : `You are number ${position} in the queue.`;
  if (estimatedWaitMs === undefined) return { text: place, locale: 'en-US' };
  const minutes = Math.max(1, Math.round(estimatedWaitMs / 60_000));
  const wait = `The estimated waiting time is ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
  return { text: `${place} ${wait}`, locale: 'en-US' };
}
