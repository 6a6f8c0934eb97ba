import type { Cancel } from 'onescreen';
import type { Line, Party } from './call';
import { callError } from './call-error';
import type { CallSwitch } from './call-switch';
import { carriedContext } from './custom-context';
import type { Destinations } from './destinations';
import { ends } from './end-reasons';
import type { ContextFrame, EndFrame, PartyFrame } from './frames';
import { ServerCall } from './server-call';

/** A call that a resource account's server may answer, within 30 s. */
export interface ServerIncoming {
  readonly id: string;
  readonly serverCallId: string;
  readonly correlationId: string;
  readonly from: PartyFrame;
  /** Raw id of who was called: the resource account, or the callee of a call on its behalf. */
  readonly to: string;
  /** Raw id of the resource account on whose behalf `from` calls. */
  readonly onBehalfOf?: string;
  readonly context?: ContextFrame;
  /** Throws `call/gone` when it rings no more. */
  answer(): ServerCall;
  /** Default `none`: it was declined. */
  reject(reason?: 'none' | 'busy' | 'forbidden'): void;
  /** Rings somebody else (raw id) instead. Throws `call/gone` when it rings no more. */
  redirect(target: string): void;
}

/** A call that a server makes. */
export interface CreateRequest {
  /** Object id of the resource account that calls. */
  readonly account: string;
  /** Raw ids. */
  readonly targets: readonly string[];
  readonly context?: ContextFrame;
  readonly timeoutMs?: number;
  readonly persona?: 'tpeAgent';
}

interface Addressed {
  readonly to: string;
  readonly onBehalfOf: string | undefined;
}

/** Takes the calls to resource accounts that no server in this process listens for. */
export interface OtherServers {
  /** Whether somebody wants calls to any of these raw ids. */
  takes(...rawIds: readonly string[]): boolean;
  publish(incoming: ServerIncoming): void;
}

export const accountId = (account: string) => (account.startsWith('28:') ? account : `28:orgid:${account}`);

/** The servers that answer for resource accounts, and their calls. */
export class CallServers {
  readonly #calls: CallSwitch;
  readonly #destinations: () => Destinations;
  readonly #later: (ms: number, run: () => void) => Cancel;
  readonly #listeners = new Map<string, (call: ServerIncoming) => void>();
  readonly #numbers = new Map<string, string>();
  readonly #connections = new Map<string, ServerCall>();
  #others: OtherServers | undefined;

  constructor(calls: CallSwitch, destinations: () => Destinations, later: (ms: number, run: () => void) => Cancel) {
    this.#calls = calls;
    this.#destinations = destinations;
    this.#later = later;
  }

  /** From now on calls to this resource account (object id) come here, until the returned function is called. */
  listen(account: string, onIncoming: (call: ServerIncoming) => void): () => void {
    const id = accountId(account);
    this.#listeners.set(id, onIncoming);
    return () => {
      if (this.#listeners.get(id) === onIncoming) this.#listeners.delete(id);
    };
  }

  /** Gives a resource account a phone number: whoever calls it reaches the account. */
  assignNumber(number: string, account: string): void {
    this.#numbers.set(number, accountId(account));
  }

  /** Who is told of calls that nobody here listens for. */
  otherwise(others: OtherServers): void {
    this.#others = others;
  }

  /** The number of a resource account (raw id); of a phone, its own. */
  numberOf(rawId: string): string | undefined {
    if (rawId.startsWith('4:')) return rawId.slice(2);
    return [...this.#numbers].find(([, account]) => account === rawId)?.[0];
  }

  accountOf(number: string): string | undefined {
    return this.#numbers.get(number);
  }

  /** A server's part in a call that has not ended, by its id. */
  connection(id: string): ServerCall | undefined {
    return this.#connections.get(id);
  }

  /** Another server's part in a call that there is, by its serverCallId. Throws `call/gone` without one. */
  connect(account: string, serverCallId: string): ServerCall {
    const there = [...this.#calls.calls].find(({ id }) => id === serverCallId);
    if (there === undefined) throw callError('connect to call', ends.callGone);
    const line = new ServerLine(this, undefined);
    const call = line.connect(this.#calls.attach(there, { rawId: accountId(account), line }));
    this.#calls.refresh(there);
    return call;
  }

  /** Calls somebody. Throws `command/invalid` without targets or with a custom context that is not valid. */
  create({ account, targets, context, timeoutMs, persona }: CreateRequest): ServerCall {
    if (targets.length === 0) throw callError('create call', ends.invalid);
    const carried = carriedContext(context);
    const line = new ServerLine(this, undefined);
    const party = this.#calls.open({ rawId: accountId(account), line });
    const call = line.connect(party);
    const destinations = this.#destinations();
    for (const rawId of targets) {
      const found = destinations.find(rawId, undefined, persona);
      if ('code' in found) {
        party.call.lastEnd = found;
        continue;
      }
      this.#calls.invite(party.call, found.line, {
        rawId,
        addedBy: party,
        context: carried,
        timeoutMs: timeoutMs ?? destinations.ringMs(rawId),
      });
    }
    this.#calls.begin(party.call);
    return call;
  }

  /** The line to an account's server; undefined when there is none. */
  line(account: string, addressed: Addressed): Line | undefined {
    const served = this.#listeners.has(account) || this.#others?.takes(account, addressed.to) === true;
    return served ? new ServerLine(this, { account, ...addressed }) : undefined;
  }

  /** For lines. */
  offer(account: string, incoming: ServerIncoming): void {
    queueMicrotask(() => {
      const listener = this.#listeners.get(account);
      if (listener !== undefined) listener(incoming);
      else this.#others?.publish(incoming);
    });
  }

  open(party: Party): ServerCall {
    const call = new ServerCall(party, {
      calls: this.#calls,
      destinations: this.#destinations(),
      later: this.#later,
    });
    this.#connections.set(call.id, call);
    return call;
  }

  forget(id: string): void {
    this.#connections.delete(id);
  }

  answer(party: Party): void {
    this.#calls.accept(party);
  }

  refuse(party: Party, reason: 'none' | 'busy' | 'forbidden'): void {
    const end = { none: ends.declined, busy: ends.rejectedAsBusy, forbidden: ends.rejectedAsForbidden }[reason];
    this.#calls.refuse(party, end);
  }

  redirect(party: Party, target: string): void {
    if (party.status !== 'ringing') throw callError('redirect call', ends.callGone);
    const destinations = this.#destinations();
    const found = destinations.find(target);
    if ('code' in found) throw callError('redirect call', found);
    if (party.call.find(target) !== undefined) throw callError('redirect call', ends.inCallAlready);
    const { context } = party;
    const timeoutMs = destinations.ringMs(target);
    this.#calls.redirect(party, found.line, { rawId: target, context, timeoutMs });
  }
}

class ServerLine implements Line {
  readonly kind = 'server';
  readonly noAnswer: EndFrame = ends.noEndpointAccepted;
  readonly #servers: CallServers;
  readonly #addressed: (Addressed & { readonly account: string }) | undefined;
  #call: ServerCall | undefined;

  constructor(servers: CallServers, addressed: (Addressed & { readonly account: string }) | undefined) {
    this.#servers = servers;
    this.#addressed = addressed;
  }

  ring(party: Party): EndFrame | undefined {
    const { caller } = party.call;
    if (this.#addressed === undefined || caller === undefined) return ends.noServer;
    const { account, to, onBehalfOf } = this.#addressed;
    this.#servers.offer(account, {
      id: party.id,
      serverCallId: party.call.id,
      correlationId: party.call.correlationId,
      from: {
        rawId: caller.rawId,
        ...(caller.displayName !== undefined && { displayName: caller.displayName }),
      },
      to,
      ...(onBehalfOf !== undefined && { onBehalfOf }),
      ...(party.context !== undefined && { context: party.context }),
      answer: () => {
        if (party.status !== 'ringing') throw callError('answer call', ends.callGone);
        const call = this.connect(party);
        this.#servers.answer(party);
        return call;
      },
      reject: (reason = 'none') => this.#servers.refuse(party, reason),
      redirect: (target) => this.#servers.redirect(party, target),
    });
    return undefined;
  }

  connect(party: Party): ServerCall {
    return (this.#call = this.#servers.open(party));
  }

  changed(): void {
    this.#call?.changed();
  }

  ended(party: Party, end: EndFrame): void {
    this.#servers.forget(party.id);
    this.#call?.ended(end);
  }

  tone(_party: Party, from: string, tone: string): void {
    this.#call?.tone(from, tone);
  }
}
