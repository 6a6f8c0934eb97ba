import {
  ContactCenterError,
  createLive,
  sameValues,
  type CallQuality,
  type Caption,
  type ChatChannel,
  type CommandOptions,
  type Live,
  type MeetingCapabilities,
  type MeetingChannel,
  type MeetingParticipant,
  type MeetingPicture,
  type MeetingState,
  type PictureView,
  type Timeline,
} from 'onescreen';
import { merge, Subscription } from 'rxjs';
import type { CustomerConversation } from './customer-conversation';
import type { CustomerInvitation } from './customer-invitation';
import type { Holdable } from './one-active';

/** How a customer goes into a meeting. */
export interface JoinMeeting extends CommandOptions {
  readonly muted?: boolean;
  readonly video?: boolean;
}

/**
 * How the meeting stands for the customer: `lobby` until somebody lets them in; `ended` or `closed` once this object is
 * over, with `end` or `closedBecause` saying why.
 */
export type CustomerMeetingState = MeetingState & {
  /** Why the channel was closed, such as `customer-left`, once it has. */
  readonly closedBecause?: string;
};

/** A Teams meeting that a customer takes part in from the vendor's web page, beside the chat or instead. Commands reject as those of a {@link MeetingChannel}. */
export interface CustomerMeeting
  extends
    Pick<MeetingChannel, 'mute' | 'unmute' | 'hold' | 'resume' | 'startVideo' | 'stopVideo'>,
    Pick<MeetingChannel, 'shareScreen' | 'stopSharing' | 'raiseHand' | 'lowerHand' | 'grantConsent' | 'show'>,
    Pick<MeetingChannel, 'startCaptions' | 'stopCaptions'> {
  readonly conversationId: string;
  readonly state$: Live<CustomerMeetingState>;
  /** What the customer may do in it; the buttons. */
  readonly capabilities$: Live<MeetingCapabilities>;
  /** Everybody else who is in. */
  readonly participants$: Live<readonly MeetingParticipant[]>;
  /** All pictures that there are now, one's own included; `show(picture.id)` gives an element. */
  readonly pictures$: Live<readonly MeetingPicture[]>;
  /** The newest captions, oldest first; empty until `startCaptions`. */
  readonly captions$: Live<readonly Caption[]>;
  /** How good the customer's own line is, and what is wrong with it. */
  readonly quality$: Live<CallQuality>;
  /** The meeting's own chat; undefined while the customer is not in, or where there is none. */
  readonly chat$: Live<ChatChannel | undefined>;
  readonly timeline$: Live<Timeline>;
  /** Into what else the customer is asked now, the oldest first. */
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  /** Leaves for good: the channel closes, the conversation goes on in the others. */
  leave(options?: CommandOptions): Promise<void>;
  /** Takes this page out; the channel stays open, and can be joined again as long as it is among the invitations. */
  close(): Promise<void>;
}

/** Joins. Rejects as joining does, with this page out of it. */
export async function openCustomerMeeting(
  conversation: CustomerConversation,
  channel: MeetingChannel,
  { muted, video }: JoinMeeting,
  signal: AbortSignal,
): Promise<CustomerMeeting> {
  const how = { ...(muted !== undefined && { muted }), ...(video !== undefined && { video }) };
  const meeting = new JoinedCustomerMeeting(conversation, channel);
  try {
    await channel.join({ ...how, signal, timeoutMs: Infinity });
    meeting.joined();
    return meeting;
  } catch (error) {
    await meeting.close();
    throw error;
  }
}

class JoinedCustomerMeeting implements CustomerMeeting, Holdable {
  readonly conversationId: string;
  readonly state$: Live<CustomerMeetingState>;
  readonly capabilities$: Live<MeetingCapabilities>;
  readonly participants$: Live<readonly MeetingParticipant[]>;
  readonly pictures$: Live<readonly MeetingPicture[]>;
  readonly captions$: Live<readonly Caption[]>;
  readonly quality$: Live<CallQuality>;
  readonly chat$: Live<ChatChannel | undefined>;
  readonly timeline$: Live<Timeline>;
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  readonly #conversation: CustomerConversation;
  readonly #channel: MeetingChannel;
  readonly #state;
  readonly #subscription = new Subscription();
  #isIn = false;
  /** On the way out by the customer's own hand. */
  #leaving = false;
  #closed: Promise<void> | undefined;

  constructor(conversation: CustomerConversation, channel: MeetingChannel) {
    this.#conversation = conversation;
    this.#channel = channel;
    this.#state = createLive<CustomerMeetingState>(channel.state$.value);
    this.conversationId = conversation.id;
    this.state$ = this.#state.live;
    this.capabilities$ = channel.capabilities$;
    this.participants$ = channel.participants$;
    this.pictures$ = channel.pictures$;
    this.captions$ = channel.captions$;
    this.quality$ = channel.quality$;
    this.chat$ = channel.chat$;
    this.timeline$ = conversation.open.conversation.timeline$;
    this.invitations$ = conversation.invitations$;
    const changed$ = merge(channel.state$, conversation.open.snapshot$, conversation.status$);
    this.#subscription.add(changed$.subscribe(() => this.#update()));
    conversation.active.addMeeting(this);
    conversation.show(this);
  }

  get isActive(): boolean {
    return this.#channel.state$.value.status === 'connected';
  }

  /** From now on, being out of it is the end of this object. */
  joined(): void {
    this.#isIn = true;
    this.#conversation.invitations.entered(this.#channel.id);
    this.#update();
  }

  mute(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.mute(options));
  }

  unmute(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.unmute(options));
  }

  hold(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.hold(options));
  }

  resume(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.resume(options));
  }

  startVideo(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.startVideo(options));
  }

  stopVideo(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.stopVideo(options));
  }

  shareScreen(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.shareScreen(options));
  }

  stopSharing(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.stopSharing(options));
  }

  raiseHand(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.raiseHand(options));
  }

  lowerHand(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.lowerHand(options));
  }

  grantConsent(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.grantConsent(options));
  }

  startCaptions(options?: { readonly language?: string } & CommandOptions): Promise<void> {
    return this.#run((channel) => channel.startCaptions(options));
  }

  stopCaptions(options?: CommandOptions): Promise<void> {
    return this.#run((channel) => channel.stopCaptions(options));
  }

  show(pictureId: string, options?: { readonly fit?: 'crop' | 'contain' }): Promise<PictureView> {
    return this.#run((channel) => channel.show(pictureId, options));
  }

  async leave(options?: CommandOptions): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#leaving = true;
    try {
      await this.#getOut(options);
      await this.#conversation.leave(this.#channel.id, options);
    } finally {
      this.#leaving = false;
      this.#update();
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { active, invitations } = this.#conversation;
    // What can be told of the end before it is one.
    await this.#getOut(undefined).catch(() => {});
    this.#subscription.unsubscribe();
    active.remove(this);
    await this.#conversation.letGo(this);
    invitations.left(this.#channel.id);
    this.#state.complete();
  }

  async #getOut(options: CommandOptions | undefined): Promise<void> {
    const { status } = this.#channel.state$.value;
    if (!['open', 'ended', 'closed'].includes(status)) await this.#channel.leave(options);
  }

  async #run<T>(command: (channel: MeetingChannel) => Promise<T>): Promise<T> {
    if (this.#closed === undefined) return command(this.#channel);
    throw new ContactCenterError('channel/closed', 'unable to use meeting; this page is not in it any more');
  }

  #update(): void {
    const meeting = this.#channel.state$.value;
    const { open: isOpen = true, closedBecause = 'closed' } = this.#conversation.channel(this.#channel.id) ?? {};
    const hasEnded = this.#conversation.status$.value.phase === 'ended';
    const next: CustomerMeetingState = {
      ...meeting,
      ...(!isOpen && { status: 'closed', closedBecause }),
    };
    if (!sameValues(this.#state.value, next)) this.#state.set(next);
    const isOut = ['ended', 'closed', 'elsewhere'].includes(next.status);
    if (this.#isIn && (isOut || hasEnded) && !this.#leaving) void this.close();
  }
}
