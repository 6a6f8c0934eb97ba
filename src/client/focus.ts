import type { BroadcastLine } from '../environment/broadcast';
import type { Environment } from '../environment/environment';
import { combine, createLive, type Live } from '../live';
import type { Conversation } from './conversation';

/** What the tabs of one agent tell each other: what is looked at, and since when. */
interface FocusWord {
  readonly focus: string | undefined;
  /** Epoch milliseconds, with a random fraction: no two are the same. 0: nobody has said anything. */
  readonly at: number;
}

const unsaid: FocusWord = { focus: undefined, at: 0 };

/** Which conversation the agent looks at, the same in all of the agent's tabs: the last word counts. */
export class Focus {
  readonly focus$: Live<Conversation | undefined>;
  readonly #environment: Environment;
  readonly #said = createLive(unsaid);
  #line: BroadcastLine | undefined;

  constructor(conversations$: Live<readonly Conversation[]>, environment: Environment) {
    this.#environment = environment;
    const said$ = this.#said.live;
    this.focus$ = combine([conversations$, said$], () =>
      conversations$.value.find(({ id }) => id === said$.value.focus),
    );
  }

  set(focus: string | undefined): void {
    const { clock, random } = this.#environment;
    this.#said.set({ focus, at: Math.max(clock.now(), Math.ceil(this.#said.value.at)) + random.next() });
    this.#line?.post(this.#said.value);
  }

  /** Joins the tabs of this agent; left out: leaves them. */
  follow(agentId?: string): void {
    this.#line?.close();
    this.#said.set(unsaid);
    this.#line =
      agentId === undefined
        ? undefined
        : this.#environment.broadcast?.open(`onescreen/agent/${agentId}/focus`, (word) => {
            if (isFocusWord(word)) this.#hear(word);
          });
    this.#line?.post(unsaid);
  }

  close(): void {
    this.#said.complete();
  }

  /** Whoever knows less is told. */
  #hear(word: FocusWord): void {
    const said = this.#said.value;
    if (word.at > said.at) this.#said.set(word);
    else if (word.at < said.at) this.#line?.post(said);
  }
}

function isFocusWord(value: unknown): value is FocusWord {
  return typeof value === 'object' && value !== null && 'at' in value;
}
