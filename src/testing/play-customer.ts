import { delay, isContactCenterError, type Clock, type Live } from 'onescreen';
import type { CustomerChat, StartChat } from 'onescreen/customer';
import { Subscription, merge } from 'rxjs';
import type { CustomerScript } from './customer-script';
import type { CustomerOutcome } from './scripted-customers';
import type { SeededRandom } from './seeded-random';

export interface Play {
  readonly script: CustomerScript;
  readonly start: (chat: StartChat) => Promise<CustomerChat>;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Aborted: the customer closes the page at once. */
  readonly signal: AbortSignal;
}

/** Milliseconds at the keys for one message. */
const typingMs: readonly [number, number] = [1_000, 4_000];

/** Plays one customer from coming to leaving. Rejects when the chat cannot be started. */
export async function playCustomer(play: Play): Promise<Omit<CustomerOutcome, 'displayName' | 'arrivedAt'>> {
  const { displayName, id, queueId, context, opening } = play.script;
  const arrivedAt = play.clock.now();
  const chat = await play.start({
    displayName,
    ...(id !== undefined && { id }),
    ...(queueId !== undefined && { queueId }),
    ...(context !== undefined && { context }),
    text: opening,
  });
  let waitedMs: number | undefined;
  const watching = chat.state$.subscribe(({ phase }) => {
    if (phase === 'active') waitedMs ??= play.clock.now() - arrivedAt;
  });
  try {
    await converse(chat, play);
  } catch (error) {
    if (!play.signal.aborted) throw error;
  } finally {
    watching.unsubscribe();
    await chat.close();
  }
  const state = chat.state$.value;
  return {
    conversationId: chat.conversationId,
    result: waitedMs === undefined ? 'unserved' : 'served',
    reason: state.phase === 'ended' ? state.reason : 'closed',
    ...(waitedMs !== undefined && { waitedMs }),
    written: count(chat, 'out'),
    received: count(chat, 'in'),
  };
}

async function converse(chat: CustomerChat, { script, clock, random, signal }: Play): Promise<void> {
  const { replies, thinkMs = [3_000, 12_000], patienceMs = 600_000, leaves = false } = script;
  const ended = () => chat.state$.value.phase === 'ended';
  const comes = (live: Live<unknown>, condition: () => boolean) =>
    waitFor([live, chat.state$], () => ended() || condition(), { clock, patienceMs, signal });

  async function talk(): Promise<void> {
    if (!(await comes(chat.state$, () => chat.state$.value.phase === 'active'))) return;
    let answered = 0;
    for (const reply of replies) {
      if (!(await comes(chat.timeline$, () => count(chat, 'in') > answered))) return;
      answered = count(chat, 'in');
      await delay(clock, random.integer(...thinkMs), signal);
      void unlessOver(chat.markRead());
      void unlessOver(chat.typing());
      await delay(clock, random.integer(...typingMs), signal);
      if (ended()) return;
      await unlessOver(chat.send(reply));
    }
    if (leaves) await delay(clock, random.integer(...thinkMs), signal);
    else await comes(chat.state$, ended);
  }

  await talk();
  await unlessOver(chat.end());
  await comes(chat.state$, ended);
}

/** Whatever is under way when the chat ends is refused, and nothing is lost by it. */
async function unlessOver(command: Promise<unknown>): Promise<void> {
  await command.catch((error: unknown) => {
    if (!isContactCenterError(error)) throw error;
  });
}

function count(chat: CustomerChat, direction: 'in' | 'out'): number {
  let found = 0;
  for (const item of chat.timeline$.value) if (item.kind === 'message' && item.direction === direction) found++;
  return found;
}

/** True once `condition` holds, which is asked whenever one of `lives` changes; false when patience runs out. */
function waitFor(
  lives: readonly Live<unknown>[],
  condition: () => boolean,
  { clock, patienceMs, signal }: { readonly clock: Clock; readonly patienceMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const watching = new Subscription();
    const onAbort = () => settle(() => reject(signal.reason));
    const cancel = clock.schedule(patienceMs, () => settle(() => resolve(false)));
    const settle = (finish: () => void) => {
      cancel();
      watching.unsubscribe();
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    // Every one says its value at once, which answers a condition that holds already.
    watching.add(
      merge(...lives).subscribe(() => {
        if (!watching.closed && condition()) settle(() => resolve(true));
      }),
    );
  });
}
