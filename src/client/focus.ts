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

/** Which conversation the agent looks at, the same in all of the agent's tabs: the last word counts. */
export interface Focus {
  readonly focus$: Live<Conversation | undefined>;
  set(id: string | undefined): void;
  /** A conversation has left this desk: it is not looked at when it comes back. */
  left(id: string): void;
}

export function createFocus(
  conversations$: Live<readonly Conversation[]>,
  signedIn$: Live<SignedIn | undefined>,
  { clock, random, broadcast }: Environment,
): Focus {
  const said = new LiveValue<FocusWord>({ at: 0 });
  let line: BroadcastLine | undefined;
  const tell = () => line?.post(said.value);
  /** Whoever knows less is told. */
  const hear = (word: FocusWord) => {
    if (word.at < said.value.at) tell();
    else if (word.at > said.value.at) said.set(word);
  };
  const find = (wanted: string | undefined) => conversations$.value.find(({ id }) => id === wanted);
  signedIn$.subscribe({
    next(now) {
      line?.close();
      said.set({ at: 0 });
      line = now && broadcast?.open(`onescreen/agent/${now.agent.id}/focus`, (word) => isFocusWord(word) && hear(word));
      tell();
    },
    complete: () => said.complete(),
  });
  return {
    focus$: combine([conversations$, said], () => find(said.value.focus)),
    left(id) {
      if (id === said.value.focus) said.set({ at: said.value.at });
    },
    set(id) {
      said.set({ focus: find(id)?.id, at: Math.max(clock.now(), Math.ceil(said.value.at)) + random.next() });
      tell();
    },
  };
}

function isFocusWord(value: unknown): value is FocusWord {
  return value instanceof Object && 'at' in value;
}
