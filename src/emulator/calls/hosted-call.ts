import { isContactCenterError } from 'onescreen';
import type { CallEvents } from 'onescreen/server';
import { callError } from './call-error';
import { ends } from './end-reasons';
import type { ContextFrame, EndFrame } from './frames';
import type { ServerCall, ServerCallEvent, ServerInvitation } from './server-call';

export interface HostedCallOptions {
  /** Raw id. */
  readonly customer: string;
  /** Raw id of the agent who makes this call. */
  readonly agent: string | undefined;
  readonly events: CallEvents;
  readonly onEnd: (channelId: string) => void;
}

export interface JoinRequest {
  readonly context: ContextFrame;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly ringing: (callIds: readonly string[]) => void;
}

/** One customer's call: who is the customer, who are the agents, and what the customer hears meanwhile. */
export class HostedCall {
  readonly #call: ServerCall;
  readonly #options: HostedCallOptions;
  readonly #agents = new Set<string>();
  readonly #ringing = new Map<string, ServerInvitation>();
  /** Agents that are being taken out at the server's wish. */
  readonly #dismissed = new Set<string>();
  #channelId: string | undefined;
  #gone: string | undefined;
  #ending = false;
  #held = false;
  #stopSound: (() => void) | undefined;

  constructor(call: ServerCall, options: HostedCallOptions) {
    this.#call = call;
    this.#options = options;
    if (options.agent !== undefined) this.#agents.add(options.agent);
    else this.#music();
    call.events$.subscribe((event) => this.#on(event));
  }

  /** The channel it belongs to is known. What has happened before is told now. */
  named(channelId: string): void {
    this.#channelId = channelId;
    if (this.#gone !== undefined) this.#tellGone(this.#gone);
  }

  async join(acs: string, { context, timeoutMs, signal, ringing }: JoinRequest): Promise<void> {
    if (this.#agents.has(acs) && !this.#call.lost(acs)) return;
    if (this.#call.end !== undefined) throw callError('ring agent', ends.callGone);
    if (signal.aborted) throw callError('ring agent', ends.inviteCancelled);
    if (this.#agents.delete(acs)) {
      // Comes back on another page; the leg that was lost goes without a word.
      this.#dismissed.add(acs);
      this.#agentsChanged();
    }
    const invitation = this.#call.add({ target: acs, context, timeoutMs, persona: 'tpeAgent' });
    if (invitation.callId !== undefined) ringing([invitation.callId]);
    const abort = () => void invitation.cancel();
    signal.addEventListener('abort', abort, { once: true });
    this.#ringing.set(acs, invitation);
    try {
      await invitation.answered;
    } catch (error) {
      // That the customer has gone says more than that the ring was given up for it.
      throw this.#gone === undefined || this.#call.end === undefined ? error : callError('ring agent', ends.callGone);
    } finally {
      signal.removeEventListener('abort', abort);
      this.#ringing.delete(acs);
    }
    if (signal.aborted) {
      this.dismiss(acs);
      throw callError('ring agent', ends.inviteCancelled);
    }
    this.#agents.add(acs);
    this.#silence();
  }

  /** Takes somebody out, or stops ringing there. Harmless for who is not in. */
  dismiss(acs: string): void {
    this.#ringing.get(acs)?.cancel();
    if (!this.#isIn(acs)) return;
    this.#dismissed.add(acs);
    this.#call.remove(acs);
  }

  end(): void {
    this.#ending = true;
    this.#call.hangUp({ forEveryone: true });
  }

  /** Calls the customer for the agent, who hears it ring. */
  dial(to: string): void {
    const { answered } = this.#call.add({ target: to });
    this.#play('ringback');
    answered.then(
      () => this.#silence(),
      (error: unknown) => this.#customerGone(whyNot(error)),
    );
  }

  hold(held: boolean): void {
    const { customer } = this.#options;
    if (this.#held === held) return;
    if (held) this.#call.hold(customer);
    else this.#call.unhold(customer);
    this.#held = held;
    if (this.#channelId !== undefined) this.#options.events.changed(this.#channelId, held ? 'held' : 'resumed');
  }

  sendTones(tones: string): void {
    this.#call.sendTones(this.#options.customer, tones);
  }

  /** Resolves once it rings; rejects when it cannot. */
  async add(rawId: string): Promise<void> {
    const { answered } = this.#call.add({ target: rawId });
    let rings = false;
    answered.catch((error: unknown) => {
      if (rings && this.#channelId !== undefined && this.#call.end === undefined)
        this.#options.events.agentLeft(this.#channelId, { acs: rawId }, whyNot(error));
    });
    // A refusal at once is known within these turns; a later one is told when it comes.
    await Promise.race([answered, turns(4)]);
    rings = true;
  }

  #on(event: ServerCallEvent): void {
    if (event.kind === 'left') return this.#left(event.rawId, event.end);
    if (event.kind === 'recording' && this.#channelId !== undefined)
      this.#options.events.changed(this.#channelId, event.state === 'on' ? 'recording-started' : 'recording-stopped');
    if (event.kind === 'disconnected') this.#customerGone(wordOf(event.end));
  }

  #left(rawId: string, end: EndFrame): void {
    if (rawId === this.#options.customer) return this.#customerGone(wordOf(end));
    const dismissed = this.#dismissed.delete(rawId);
    if (this.#agents.delete(rawId)) this.#agentsChanged();
    if (this.#channelId !== undefined && !dismissed && !this.#ending && this.#gone === undefined)
      this.#options.events.agentLeft(this.#channelId, { acs: rawId }, wordOf(end));
    // An outbound call without its agent before the customer is there has lost its point.
    if (this.#gone === undefined && this.#agents.size === 0 && !this.#isIn(this.#options.customer)) this.end();
  }

  /** Left alone, the customer hears the queue's music. */
  #agentsChanged(): void {
    const { customer } = this.#options;
    if (this.#agents.size > 0 || !this.#isIn(customer)) return;
    if (this.#held) this.#call.unhold(customer);
    this.#held = false;
    this.#music();
  }

  #customerGone(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    if (this.#channelId !== undefined) this.#tellGone(reason);
    this.#call.hangUp({ forEveryone: true });
  }

  #tellGone(reason: string): void {
    const channelId = this.#channelId ?? '';
    this.#options.onEnd(channelId);
    if (!this.#ending) this.#options.events.customerLeft(channelId, reason);
  }

  #isIn(rawId: string): boolean {
    return this.#call.end === undefined && this.#call.participants().some((one) => one.rawId === rawId);
  }

  #music(): void {
    this.#play('music');
  }

  #play(kind: 'music' | 'ringback'): void {
    this.#silence();
    if (this.#call.end === undefined) this.#stopSound = this.#call.play({ kind }).stop;
  }

  #silence(): void {
    this.#stopSound?.();
    this.#stopSound = undefined;
  }
}

/** Lets promises that are settled already have their say. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** Why a call did not come about, in one word. */
function whyNot(error: unknown): string {
  return isContactCenterError(error) ? error.code.slice(error.code.indexOf('/') + 1) : 'failed';
}

/** Why somebody left, in one word for the log. */
function wordOf({ code, subCode }: EndFrame): string {
  if (subCode === 4521) return 'connection-lost';
  if (code === 495) return 'token-expired';
  if (subCode === 5000 || subCode === 5300) return 'removed';
  if (subCode === 5003) return 'ended';
  return 'hung-up';
}
