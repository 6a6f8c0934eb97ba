import type { BroadcastLine } from '../environment/broadcast';
import type { Environment } from '../environment/environment';
import { combine, LiveValue, type Live } from '../live';
import type { Conversation } from './conversation';
import type { SignedIn } from './desk';

/** What the tabs of one agent tell each other: what is looked at, and since when. */
interface FocusWord {
  readonly focus?: string | undefined;
  /** Epoch milliseconds, with a random fraction: no two are the same. 0: nobody has said anything. */
  readonly at: number;
}

const unsaid: FocusWord = { at: 0 };

/** Which conversation the agent looks at, the same in all of the agent's tabs: the last word counts. */
export interface Focus {
  readonly focus$: Live<Conversation | undefined>;
  set(focus: string | undefined): void;
}

export function createFocus(
  conversations$: Live<readonly Conversation[]>,
  signedIn$: Live<SignedIn | undefined>,
  { clock, random, broadcast }: Environment,
): Focus {
  const said = new LiveValue(unsaid);
  let line: BroadcastLine | undefined;
  const tell = () => line?.post(said.value);
  /** Whoever knows less is told. */
  const hear = (word: FocusWord) => (word.at < said.value.at ? tell() : said.set(word));
  signedIn$.subscribe({
    next(now) {
      line?.close();
      said.set(unsaid);
      line = now && broadcast?.open(`onescreen/agent/${now.agent.id}/focus`, (word) => isFocusWord(word) && hear(word));
      tell();
    },
    complete: () => said.complete(),
  });
  return {
    focus$: combine([conversations$, said], () => conversations$.value.find(({ id }) => id === said.value.focus)),
    set(focus) {
      said.set({ focus, at: Math.max(clock.now(), Math.ceil(said.value.at)) + random.next() });
      tell();
    },
  };
}

function isFocusWord(value: unknown): value is FocusWord {
  return typeof value === 'object' && value !== null && 'at' in value;
}
