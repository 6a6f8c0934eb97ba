import type { CallEvents } from '../call-host';
import type { CallEndCode, ControlledCall, ControlledCallEvent, Prompt } from '../call-control';
import { errorFields, type Logger } from 'onescreen/logging';
import type { ChannelChange } from '../../protocol/log-entry';
import { CallHolds } from './call-holds';
import { CallRecording } from './call-recording';
import { CallRoster } from './call-roster';
import { CallSound } from './call-sound';
import { gone, unusable, whyNot, withdrawn, wordOf } from './call-words';
import { Ringing } from './ringing';
import { tryTwice } from './try-twice';

export interface HostedCallOptions {
  /** Raw id of the customer; left out as long as nobody was dialled. */
  readonly customer: string | undefined;
  /** Raw id of the agent whose part the call began with: the customer is not in it yet. */
  readonly agent: string | undefined;
  /** Whether the caller is welcomed first. */
  readonly greeted: boolean;
  readonly sounds: { readonly music: Prompt; readonly ringback: Prompt };
  /** By which key a waiting customer asks to be called back. */
  readonly callbackKey: string | undefined;
  readonly events: CallEvents;
  readonly logger: Logger;
  readonly onEnd: (channelId: string | undefined) => void;
}

export interface JoinRequest {
  readonly context: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly ringing: (callIds: readonly string[]) => void;
}

/** One customer's call: whom it rings, what is done in it, how it ends, and what the customer hears meanwhile. */
export class HostedCall {
  readonly #call: ControlledCall;
  readonly #options: HostedCallOptions;
  readonly #sound: CallSound;
  readonly #roster: CallRoster;
  readonly #rings = new Map<string, Ringing>();
  #channelId: string | undefined;
  #gone: string | undefined;
  #phase: 'greeting' | 'open' | 'transferring' | 'released' | 'ending';
  #dialling = false;
  readonly #recording: CallRecording;
  readonly #holds: CallHolds;
  /** How the customer left while a transfer was under way. */
  #leftMeanwhile: string | undefined;
  #unholdFailed = false;

  constructor(call: ControlledCall, options: HostedCallOptions) {
    this.#call = call;
    this.#options = options;
    this.#sound = new CallSound(call, options.logger);
    this.#roster = new CallRoster(options.customer, options.agent);
    this.#holds = new CallHolds(call);
    this.#recording = new CallRecording(call);
    this.#phase = options.greeted ? 'greeting' : 'open';
    this.#arrange();
    call.events$.subscribe((event) => this.#on(event));
  }

  /** Undefined as long as the customer has not gone. */
  get gone(): string | undefined {
    return this.#gone;
  }

  /** Whether the customer hears music until somebody comes. */
  get waiting(): boolean {
    return this.#phase === 'open' && this.#roster.isLeftAlone;
  }

  /** The caller has been welcomed. */
  greeted(): void {
    if (this.#phase === 'greeting') this.#phase = 'open';
    this.#arrange();
  }

  /** The channel it belongs to is known. What has happened before is told now. */
  named(channelId: string): void {
    this.#channelId = channelId;
    if (this.#gone !== undefined) this.#tellGone(this.#gone);
  }

  async join(agent: string, { context, timeoutMs, signal, ringing }: JoinRequest): Promise<void> {
    if (this.#roster.hasAgent(agent) && this.#call.lost(agent) === false) return;
    this.#requireLive('ring agent');
    if (signal.aborted) throw withdrawn('ring agent');
    const ring = new Ringing();
    const abort = () => ring.withdraw();
    signal.addEventListener('abort', abort, { once: true });
    this.#rings.set(agent, ring);
    try {
      await this.#makeWay(agent);
      if (ring.withdrawn) throw withdrawn('ring agent');
      const { callIds, answered } = await ring.start(this.#call, {
        target: agent,
        context,
        timeoutMs,
        persona: 'tpeAgent',
      });
      if (callIds.length > 0) ringing(callIds);
      await answered;
      if (ring.left !== undefined) throw gone('ring agent');
    } catch (error) {
      this.#rings.delete(agent);
      this.#endPointless();
      // That the customer has gone says more than that the ring was given up for it.
      throw this.#isOver ? gone('ring agent') : error;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#rings.delete(agent);
    }
    if (ring.withdrawn) {
      await this.#takeOut(agent);
      throw withdrawn('ring agent');
    }
    this.#roster.agentCame(agent);
    if (this.#unholdFailed) void this.#resumeAlone();
    for (const rawId of this.#holds.doubtful) this.resume(rawId).catch((error: unknown) => this.#warn('unhold', error));
    this.#arrange();
  }

  /** Takes somebody out, or stops ringing there. Harmless for who is not in. */
  async dismiss(rawId: string): Promise<void> {
    this.#rings.get(rawId)?.withdraw();
    if (this.#isIn(rawId)) await this.#takeOut(rawId);
  }

  async end(): Promise<void> {
    this.#phase = 'ending';
    await this.#call.hangUp({ forEveryone: true });
  }

  /** Calls the customer for the agent, who hears it ring. */
  async dial(rawId: string): Promise<void> {
    this.#requireLive('dial');
    this.#requireNew(rawId, 'dial');
    const ring = new Ringing();
    this.#rings.set(rawId, ring);
    this.#roster.dialled(rawId);
    let answered: Promise<unknown>;
    try {
      ({ answered } = await ring.start(this.#call, { target: rawId }));
    } catch (error) {
      this.#rings.delete(rawId);
      throw error;
    }
    this.#dialling = true;
    this.#arrange();
    const { events } = this.#options;
    const settled = () => {
      this.#dialling = false;
      this.#rings.delete(rawId);
    };
    answered.then(
      () => {
        settled();
        if (ring.left !== undefined) return this.#customerGone(wordOf(ring.left));
        this.#roster.customerCame();
        this.#arrange();
        if (this.#channelId !== undefined && !this.#isOver) events.joined(this.#channelId, { acs: rawId });
      },
      (error: unknown) => {
        settled();
        this.#customerGone(whyNot(error));
      },
    );
  }

  /** Left out: the customer. */
  async hold(who?: string): Promise<void> {
    const rawId = who ?? this.#requireCustomer('hold call');
    if (this.#roster.isHeld(rawId)) return;
    await this.#holds.hold(rawId);
    if (!this.#isIn(rawId)) throw gone('hold call');
    this.#roster.hold(rawId);
    if (rawId === this.#roster.customer) this.#tell('held');
    this.#arrange();
  }

  async resume(who?: string): Promise<void> {
    const rawId = who ?? this.#requireCustomer('resume call');
    if (!this.#roster.isHeld(rawId) && !this.#holds.doubtful.includes(rawId)) return;
    await this.#holds.unhold(rawId);
    if (!this.#roster.resume(rawId)) return;
    this.#unholdFailed = false;
    if (rawId === this.#roster.customer) this.#tell('resumed');
    this.#arrange();
  }

  async sendTones(tones: string): Promise<void> {
    await this.#call.sendTones(this.#requireCustomer('send tones'), tones);
  }

  async mute(rawId: string): Promise<void> {
    await this.#call.mute(rawId);
  }

  async record(step: 'start' | 'pause' | 'resume' | 'stop'): Promise<void> {
    await this.#call.record(step);
  }

  /** Resolves once it rings; rejects when it cannot. */
  async add(rawId: string): Promise<void> {
    this.#requireLive('add participant');
    this.#requireNew(rawId, 'add participant');
    const ring = new Ringing();
    this.#rings.set(rawId, ring);
    let rings = false;
    const settled = () => this.#rings.delete(rawId);
    const { answered } = await ring.start(this.#call, { target: rawId }).catch((error: unknown) => {
      settled();
      throw error;
    });
    answered.then(
      () => {
        settled();
        if (ring.withdrawn) return this.#takeOut(rawId).catch((error: unknown) => this.#warn('remove', error));
        if (ring.left !== undefined) return this.#tellLeft(rawId, wordOf(ring.left));
        this.#roster.otherCame(rawId);
        this.#arrange();
        if (this.#channelId !== undefined && !this.#isOver) {
          this.#options.events.joined(this.#channelId, { acs: rawId });
        }
        return undefined;
      },
      (error: unknown) => {
        settled();
        if (rings && !ring.withdrawn) this.#tellLeft(rawId, whyNot(error));
      },
    );
    // A refusal at once is known within these turns; a later one is told when it comes.
    await Promise.race([answered, turns(4)]);
    rings = true;
  }

  /** Gives the customer away. When it fails, nothing has changed. */
  async transfer(target: string): Promise<void> {
    const customer = this.#requireCustomer('transfer call');
    this.#requireNew(target, 'transfer call');
    this.#phase = 'transferring';
    try {
      await this.#call.transfer(customer, target);
    } catch (error) {
      if (this.#phase === 'transferring') this.#phase = 'open';
      if (this.#leftMeanwhile === undefined) throw error;
      this.#customerGone(this.#leftMeanwhile);
      throw gone('transfer call');
    }
    this.#roster.customerWent();
    this.#gone = 'transferred';
    this.#phase = 'ending';
    this.#options.onEnd(this.#channelId);
    this.#hangUp();
  }

  /** Our agents go, and a recording ends; the others stay together, and the call ends with the first of them who goes. */
  async release(): Promise<void> {
    this.#requireCustomer('release call');
    const stay = () => this.#roster.hasOthers && !this.#isOver;
    for (const rawId of [...this.#roster.held, ...this.#holds.doubtful]) await this.resume(rawId);
    if (!stay()) throw gone('release call');
    // Once none of ours is there, nobody could stop it.
    await this.#recording.stop();
    if (!stay()) throw gone('release call');
    this.#phase = 'released';
    for (const ring of this.#rings.values()) ring.withdraw();
    for (const agent of this.#roster.agents)
      await this.#takeOut(agent).catch((error: unknown) => this.#warn('remove', error));
    if (!stay()) this.#hangUp();
  }

  /** Says something to the waiting customer. */
  async say(prompt: Prompt, signal?: AbortSignal): Promise<void> {
    const { customer } = this.#roster;
    if (this.waiting && customer !== undefined) await this.#sound.say(prompt, customer, signal);
  }

  get #isOver(): boolean {
    return this.#gone !== undefined || this.#call.end !== undefined || this.#phase === 'ending';
  }

  #on(event: ControlledCallEvent): void {
    switch (event.kind) {
      case 'left':
        return this.#left(event.rawId, event.end);
      case 'participants':
        for (const { rawId } of event.participants) if (!this.#rings.has(rawId)) this.#roster.seen(rawId);
        return this.#arrange();
      case 'tone':
        if (event.from === this.#roster.customer && this.waiting && event.tone === this.#options.callbackKey)
          if (this.#channelId !== undefined) this.#options.events.callbackWanted(this.#channelId);
        return;
      case 'recording': {
        const change = this.#recording.see(event.state);
        if (change !== undefined) this.#tell(change);
        return;
      }
      case 'disconnected':
        return this.#customerLeft(wordOf(event.end));
    }
  }

  #left(rawId: string, end: CallEndCode): void {
    const ring = this.#rings.get(rawId);
    const { wasIn, asked } = this.#roster.went(rawId);
    this.#holds.went(rawId);
    if (rawId === this.#roster.customer && ring === undefined) return this.#customerLeft(wordOf(end));
    if (ring !== undefined && !asked && !wasIn) ring.left = end;
    else if (!asked) this.#tellLeft(rawId, wordOf(end));
    this.#arrange();
    if (this.#phase === 'released' && !this.#roster.hasOthers) this.#hangUp();
    this.#endPointless();
  }

  /** An outbound call without its agent before the customer is there has lost its point. */
  #endPointless(): void {
    const { hasAgents, customer, customerIn } = this.#roster;
    const someone = hasAgents || [...this.#rings.keys()].some((rawId) => rawId !== customer);
    if (someone || customerIn || this.#isOver) return;
    this.#phase = 'ending';
    this.#hangUp();
  }

  #customerLeft(reason: string): void {
    // Whether that is the transfer's success shows when it is over.
    if (this.#phase === 'transferring') this.#leftMeanwhile ??= reason;
    else this.#customerGone(reason);
  }

  #customerGone(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#roster.customerWent();
    if (this.#channelId === undefined) this.#options.onEnd(undefined);
    else this.#tellGone(reason);
    this.#sound.want(undefined);
    this.#hangUp();
  }

  #tellGone(reason: string): void {
    const { onEnd, events } = this.#options;
    onEnd(this.#channelId);
    if (this.#channelId !== undefined && (this.#phase === 'open' || this.#phase === 'greeting'))
      events.customerLeft(this.#channelId, reason);
  }

  #tellLeft(rawId: string, reason: string): void {
    if (this.#channelId === undefined || this.#phase === 'released' || this.#isOver) return;
    this.#options.events.agentLeft(this.#channelId, { acs: rawId }, reason);
  }

  #tell(change: ChannelChange): void {
    if (this.#channelId !== undefined && this.#phase !== 'released')
      this.#options.events.changed(this.#channelId, change);
  }

  /** Left alone, the customer hears the queue's music; an agent hears the customer's phone ring. */
  #arrange(): void {
    const { music, ringback } = this.#options.sounds;
    const { customerHeld, isLeftAlone, isWithoutCompany } = this.#roster;
    const stays = !this.#isOver && this.#phase !== 'greeting';
    if (stays && customerHeld && isLeftAlone && !this.#unholdFailed) return void this.#resumeAlone();
    const alone = isWithoutCompany && !customerHeld;
    this.#sound.want(!stays ? undefined : alone ? music : this.#dialling ? ringback : undefined);
  }

  /** Nobody is there who could take the customer from hold. */
  async #resumeAlone(): Promise<void> {
    const { customer } = this.#roster;
    if (customer === undefined || !this.#roster.resume(customer)) return;
    this.#unholdFailed = false;
    this.#arrange();
    try {
      await this.#holds.unhold(customer);
      this.#tell('resumed');
    } catch (error) {
      if (this.#isOver) return;
      // The music on hold goes on; whoever joins next tries again.
      this.#unholdFailed = true;
      this.#roster.hold(customer);
      this.#warn('unhold', error);
      this.#arrange();
    }
  }

  /** Somebody comes back on another page: the part that they have in the call goes without a word. */
  async #makeWay(agent: string): Promise<void> {
    if (!this.#roster.hasAgent(agent)) return;
    // Nobody can tell whether it is lost, and the service takes nobody twice into a call.
    if (this.#call.lost(agent) === undefined) return this.#takeOut(agent);
    this.#roster.agentComesBack(agent);
    this.#arrange();
  }

  async #takeOut(rawId: string): Promise<void> {
    const putBack = this.#roster.takeOut(rawId);
    try {
      await tryTwice(() => this.#call.remove(rawId));
    } catch (error) {
      if (!this.#call.participants().some((one) => one.rawId === rawId)) return;
      putBack();
      throw error;
    } finally {
      this.#arrange();
    }
  }

  #isIn(rawId: string): boolean {
    if (this.#call.end !== undefined) return false;
    if (rawId === this.#roster.customer) return this.#roster.customerIn;
    if (this.#roster.isCompany(rawId)) return true;
    return this.#call.participants().some((one) => one.rawId === rawId);
  }

  #requireLive(action: string): void {
    if (this.#isOver) throw gone(action);
  }

  #requireCustomer(action: string): string {
    this.#requireLive(action);
    const { customer, customerIn } = this.#roster;
    if (customer === undefined || !customerIn) throw gone(action);
    return customer;
  }

  /** The service takes nobody twice into a call. */
  #requireNew(rawId: string, action: string): void {
    if (this.#rings.has(rawId) || this.#isIn(rawId)) throw unusable(action, 'the participant is in the call');
  }

  #hangUp(): void {
    this.#call.hangUp({ forEveryone: true }).catch((error: unknown) => this.#warn('hang-up', error));
  }

  #warn(step: string, error: unknown): void {
    this.#options.logger.warn('call-step-failed', { call: this.#call.id, step, ...errorFields(error) });
  }
}

/** Lets promises that are settled already have their say. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
