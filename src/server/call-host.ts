import type { CallAction, CallTarget } from 'onescreen';
import type { ChannelChange, ParticipantRecord } from '../protocol/log-entry';
import type { ChatToken, HostedChannel, ProviderRefs } from './chat-host';

/**
 * What carries calls: Call Automation, the emulator, or a vendor's own telephony. The server answers for who is
 * offered what; the host rings, connects, plays music and tells what happened. Calls about one conversation never
 * overlap, but for `leave` and `close`, which may come while `join` or `dial` rings, and may come again or late: what
 * is over already is no failure.
 */
export interface CallHost {
  /** Written into the log as the channel's `provider`; desks join with the voice provider of the same name. */
  readonly name: string;
  readonly channel: 'voice';
  readonly inLog: false;
  /** What this host can do on a call for a desk, beside joining and ending it. */
  readonly actions: readonly CallAction[];
  /** Called once, when the server starts: from now on `events` hears of calls. Returns what stops that. */
  start(events: CallEvents): () => void;
  /** A customer's page is about to call: where it must dial to, and the customer's names. */
  open(request: {
    readonly conversationId: string;
    readonly channelId: string;
    readonly customer: ParticipantRecord;
  }): Promise<{ readonly providerRefs: ProviderRefs; readonly customerRefs: ProviderRefs }>;
  /**
   * Rings the agent and resolves, with the agent's names there, once the agent is in the call with the customer.
   * `ring.correlationId` travels in the custom context. Until then the customer goes on hearing the queue's music. On a
   * channel whose call is not there yet, the agent's is its first part: an outbound call, or a callback.
   * @throws ContactCenterError `call/no-answer`, `call/declined`, `call/unreachable`, or `call/gone` when the customer has hung up
   */
  join(channel: HostedChannel, agent: ParticipantRecord, ring: Ring): Promise<ProviderRefs>;
  /** Takes the agent out, or stops ringing; the customer hears the queue's music again. */
  leave(channel: HostedChannel, agent: ParticipantRecord): Promise<void>;
  /** Ends the call for everyone. */
  close(channel: HostedChannel, customer: ParticipantRecord): Promise<void>;
  /**
   * Present where an agent's outbound call begins at the agent's desk, which dials with the channel's id as correlation
   * id; the call then arrives here like any other. Left out: the host rings the agent's desk first.
   */
  readonly desksDial?: {
    /** Object id of the resource account on whose behalf desks dial, unless the queue names another. */
    readonly onBehalfOf?: string;
  };
  /**
   * Calls somebody for an agent; the customer's leg of an outbound call. Resolves once the call is set up, answered or
   * not; what becomes of it later is told by `customerLeft`, with one of the reasons below.
   * @throws ContactCenterError `call/busy`, `call/no-answer`, `call/declined`, `call/bad-destination`, `call/unreachable`
   */
  dial?(channel: HostedChannel, to: CallTarget): Promise<ProviderRefs>;
  /**
   * Puts somebody on hold, with music: left out, the customer. Whoever is on hold hears nobody and is heard by nobody.
   * Who is on hold already: no effect.
   */
  hold?(channel: HostedChannel, who?: ProviderRefs): Promise<void>;
  resume?(channel: HostedChannel, who?: ProviderRefs): Promise<void>;
  sendTones?(channel: HostedChannel, tones: string): Promise<void>;
  /**
   * Resolves, with their names there, once it rings; what becomes of it is told by `joined` or `agentLeft`.
   * @throws ContactCenterError as `dial`
   */
  add?(channel: HostedChannel, who: CallTarget): Promise<ProviderRefs>;
  /** Takes somebody out, or withdraws the invitation. Harmless for who is not in. */
  remove?(channel: HostedChannel, who: ProviderRefs): Promise<void>;
  /**
   * Gives the customer to somebody outside; resolves once the two are connected, and the call is over for us.
   * When it fails, nothing has changed.
   * @throws ContactCenterError as `dial`
   */
  transfer?(channel: HostedChannel, to: Exclude<CallTarget, { readonly agent: string }>): Promise<void>;
  /** Our agents are out of it, and it is recorded no more: the customer and whoever was added stay together until the first goes. */
  release?(channel: HostedChannel): Promise<void>;
  /** Mutes somebody, who can unmute. */
  mute?(channel: HostedChannel, who: ProviderRefs): Promise<void>;
  record?(channel: HostedChannel, step: RecordingStep): Promise<void>;
  /**
   * Tells the waiting customer how the wait stands, over the music, and resolves when it has been said; never two at
   * once. Cut short when `signal` is aborted: the call has been taken, or is over; it may still be spoken when `join` comes.
   */
  announce?(channel: HostedChannel, standing: QueueStanding, signal: AbortSignal): Promise<void>;
  /** What the service posts to this server; the server answers it at that path. */
  readonly webhooks?: Webhooks;
  identify?(agent: { readonly id: string; readonly providerRefs: ProviderRefs }): Promise<ProviderRefs>;
  /** A token of the audience `calling` for whoever has these names. */
  token?(refs: ProviderRefs): Promise<ChatToken>;
}

/** Where a server mounts what others post to it. */
export interface Webhooks {
  /** Beginning of the path, such as `/acs`; everything below it is given to `handle`. */
  readonly path: string;
  /** Answers at once, and does the work afterwards. It lets in only who may, and bounds what it reads. Never rejects. */
  handle(request: Request): Promise<Response>;
}

export type RecordingStep = 'start' | 'pause' | 'resume' | 'stop';

/** Where a waiting customer stands. */
export interface QueueStanding {
  /** 1 for the next. */
  readonly position: number;
  readonly queueLength: number;
  /** 0 while an agent is asked. Left out while nobody is available, or the queue is closed and its hours do not say until when. */
  readonly estimatedWaitMs?: number;
}

/** One try to reach an agent. */
export interface Ring {
  readonly correlationId: string;
  /** Milliseconds until nobody has answered. */
  readonly timeoutMs: number;
  /** Aborted when the ring has lost its point. */
  readonly signal: AbortSignal;
  /** To be called as soon as it is known under which ids the desk may see the call. */
  readonly ringing: (callIds: readonly string[]) => void;
}

/** What a host tells of calls. Nothing here throws; what makes no sense is ignored. */
export interface CallEvents {
  /**
   * A customer's call has come in and been answered; the customer hears the queue's music. With `channelId` it is the
   * call that a page was told to make, or an agent's outbound call; without, somebody has rung: a conversation begins.
   * Resolves with the channel's id, or undefined when the call is not wanted: the host then ends it. The server may act
   * on a call that it named, such as `dial` for an agent's outbound call, before this resolves.
   */
  arrived(call: ArrivedCall): Promise<string | undefined>;
  /**
   * The customer has gone; the host has ended the call or is about to. `reason` reaches the log when it is one of
   * `busy`, `no-answer`, `declined`, `bad-destination`, `unreachable`; all others read `customer-left` there.
   */
  customerLeft(channelId: string, reason: string): void;
  /**
   * An agent's part has ended, though nobody here asked for it: hung up there, the page closed, the network lost. Also
   * for others who were added to the call, or were about to be: `reason` then reads `busy`, `no-answer`, `declined`,
   * `bad-destination` or `unreachable`.
   */
  agentLeft(channelId: string, agent: ProviderRefs, reason: string): void;
  /** Somebody who was added is in the call, or the customer who was dialled. */
  joined(channelId: string, who: ProviderRefs): void;
  /** `held` and `resumed` are about the customer. */
  changed(channelId: string, change: ChannelChange): void;
  /** The waiting customer wants to be called back instead: at this number, or left out, the one that they call from. */
  callbackWanted(channelId: string, phone?: string): void;
}

export interface ArrivedCall {
  readonly channelId?: string;
  readonly providerRefs: ProviderRefs;
  readonly customerRefs: ProviderRefs;
  /** Untrusted. */
  readonly displayName?: string;
  /** The caller's number, when there is one; never logged. */
  readonly phone?: string;
  /** What was called: a resource account or a number. */
  readonly called?: string;
  /** From the call's custom context. Untrusted. */
  readonly context: Readonly<Record<string, string>>;
}
