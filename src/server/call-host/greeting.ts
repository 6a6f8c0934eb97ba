import { firstValueFrom, Subject } from 'rxjs';
import { isContactCenterError, type Clock } from 'onescreen';
import type { CollectRequest, ControlledCall, Playing, Prompt } from '../call-control';
import { errorFields, type Logger } from 'onescreen/logging';
import { gone } from './call-words';

/** A call that has just been answered, for what is said and asked before it is queued. */
export interface GreetedCall {
  /** Resolves when it has been played. Rejects with `call/gone` when the customer has hung up or the time is over. */
  play(prompt: Prompt): Promise<void>;
  /** Asks for keys; resolves with those that were pressed, `''` for none. Rejects like `play`. */
  collect(request: CollectRequest): Promise<string>;
  /** Raw id and display name (untrusted) of who calls. */
  readonly from: { readonly rawId: string; readonly displayName?: string };
  /** Raw id of what was called. */
  readonly called: string;
  /** From the call's custom context. Untrusted. */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Welcomes a caller and asks what the call is about. Its `context` goes to the server with the call's own and wins
 * over it; `hang-up` ends the call. A rejection is logged, and the call is queued all the same.
 */
export type Greet = (
  call: GreetedCall,
) => Promise<{ readonly context?: Readonly<Record<string, string>> } | 'hang-up' | undefined>;

/** Longest greeting, in milliseconds (chosen: well within the 60 s for which a server waits for a page's call). */
export const greetingMs = 45_000;

export interface GreetingParts {
  readonly greet: Greet;
  readonly call: ControlledCall;
  readonly customer: string;
  readonly facts: Pick<GreetedCall, 'from' | 'called' | 'context'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Runs a greeting until its end, the call's, or that of its time. What the caller said, or `hang-up`. */
export async function runGreeting(parts: GreetingParts): Promise<Readonly<Record<string, string>> | 'hang-up'> {
  const { greet, call, customer, facts, clock, logger } = parts;
  let playing: Playing | undefined;
  const over = new AbortController();
  const requireLive = () => {
    if (over.signal.aborted || call.end !== undefined) throw gone('greet caller');
  };
  const greeted: GreetedCall = {
    ...facts,
    play: async (prompt) => {
      requireLive();
      playing = call.play(prompt, { to: customer });
      await playing.done;
      requireLive();
    },
    collect: async (request) => {
      requireLive();
      const keys = await call.collect(customer, request, over.signal);
      requireLive();
      return keys;
    },
  };
  const ended = new Subject<undefined>();
  const cancel = clock.schedule(greetingMs, () => ended.next(undefined));
  const watched = call.events$.subscribe({
    next: (event) => {
      if (event.kind === 'left' && event.rawId === customer) ended.next(undefined);
    },
    complete: () => ended.next(undefined),
  });
  try {
    const result = await Promise.race([firstValueFrom(ended), (async () => greet(greeted))()]);
    if (result === 'hang-up') return result;
    return result?.context ?? {};
  } catch (error) {
    if (!isContactCenterError(error, 'call/gone'))
      logger.warn('greeting-failed', { call: call.id, ...errorFields(error) });
    return {};
  } finally {
    over.abort();
    cancel();
    watched.unsubscribe();
    await playing?.stop();
  }
}
