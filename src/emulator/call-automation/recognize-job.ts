import type { Cancel, Clock } from 'onescreen';
import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import type { JsonObject } from '../http/validation';
import type { AutomatedCall, CallObserver, Operation } from './automated-call';
import { cancelled, type MediaJob } from './media-queue';
import { badFormat, Playback } from './play-job';
import type { PlaySource } from './play-source';
import { toneName } from './tone-names';

/** How recognitions end. Source: azure-docs, communication-services/how-tos/call-automation/recognize-action.md. */
const outcomes = {
  enough: { code: 200, subCode: 8531, message: 'Action completed, max digits received.' },
  stopTone: { code: 200, subCode: 8514, message: 'Action completed as stop tone was detected.' },
  option: { code: 200, subCode: 8533, message: 'Action completed, DTMF option matched.' },
  promptFailed: {
    code: 400,
    subCode: 8511,
    message: 'Action failed, encountered failure while trying to play the prompt.',
  },
  silence: { code: 400, subCode: 8510, message: 'Action failed, initial silence timeout reached.' },
  gap: { code: 400, subCode: 8532, message: 'Action failed, inter-digit silence timeout reached.' },
  wrongTone: { code: 500, subCode: 8534, message: 'Action failed, incorrect tone entered.' },
} as const satisfies Readonly<Record<string, EndFrame>>;

/** A choice that a key stands for. */
export interface ToneChoice {
  readonly label: string;
  readonly tone: string;
}

export interface RecognizeOrder {
  /** Raw id of who presses keys. */
  readonly target: string;
  readonly prompts: readonly PlaySource[];
  /** Whether a key ends the prompt; else keys pressed during it do not count. */
  readonly interruptPrompt: boolean;
  /** Milliseconds from the end of the prompt to the first key, and between two. */
  readonly silenceMs: number;
  readonly gapMs: number;
  readonly most: number;
  readonly stopTones: readonly string[];
  /** Given: one key picks one of them. */
  readonly choices: readonly ToneChoice[] | undefined;
  readonly operation: Operation;
}

/** Takes down which keys somebody presses after a prompt. */
export class RecognizeJob implements MediaJob {
  readonly audience: string;
  readonly #connection: AutomatedCall;
  readonly #clock: Clock;
  readonly #order: RecognizeOrder;
  readonly #prompt: Playback;
  readonly #done: Promise<void>;
  #settle: () => void = () => {};
  #observer: CallObserver | undefined;
  #cancelTimer: Cancel = () => {};
  #prompting = false;
  readonly #keys: string[] = [];
  #over = false;

  constructor(connection: AutomatedCall, clock: Clock, order: RecognizeOrder) {
    this.audience = order.target;
    this.#connection = connection;
    this.#clock = clock;
    this.#order = order;
    this.#prompt = new Playback(connection, [order.target]);
    this.#done = new Promise((resolve) => (this.#settle = resolve));
  }

  async run(): Promise<void> {
    const { target, prompts, silenceMs } = this.#order;
    if (!this.#connection.call.participants().some(({ rawId }) => rawId === target)) {
      this.#fail({ ...ends.callGone, message: 'Participant not found.' });
      return;
    }
    const playable = prompts.flatMap((source) => (source === undefined ? [] : [source]));
    if (playable.length < prompts.length) {
      this.#fail({ ...outcomes.promptFailed, message: badFormat.message ?? '' }, prompts.indexOf(undefined));
      return;
    }
    this.#listen();
    this.#prompting = playable.length > 0;
    if (this.#prompting) await this.#prompt.play(playable, false).catch(() => false);
    this.#prompting = false;
    // A key may have come meanwhile, or the end.
    if (!this.#over && this.#keys.length === 0) this.#wait(silenceMs, outcomes.silence);
    await this.#done;
  }

  cancel(): void {
    this.#report('RecognizeCanceled', cancelled);
    this.#prompt.stop();
  }

  #listen(): void {
    this.#observer = {
      tone: (from, key) => {
        if (from === this.#order.target) this.#pressed(key);
      },
      left: (rawId) => {
        if (rawId === this.#order.target) this.#fail(ends.callGone);
      },
      ended: () => this.#fail(ends.callGone),
    };
    this.#connection.observers.add(this.#observer);
  }

  #pressed(key: string): void {
    const { interruptPrompt, choices, stopTones, most, gapMs } = this.#order;
    if (this.#prompting && !interruptPrompt) return;
    this.#cancelTimer();
    if (this.#prompting) this.#prompt.stop();
    if (choices !== undefined) return this.#picked(key, choices);
    if (stopTones.includes(key)) return this.#complete(outcomes.stopTone);
    this.#keys.push(key);
    if (this.#keys.length >= most) return this.#complete(outcomes.enough);
    this.#wait(gapMs, outcomes.gap);
  }

  #picked(key: string, choices: readonly ToneChoice[]): void {
    const choice = choices.find(({ tone }) => tone === key);
    if (choice === undefined) return this.#fail(outcomes.wrongTone);
    const data = { recognitionType: 'choices', choiceResult: { label: choice.label } };
    this.#report('RecognizeCompleted', outcomes.option, data);
  }

  #complete(result: EndFrame): void {
    const dtmfResult = { tones: this.#keys.map(toneName) };
    this.#report('RecognizeCompleted', result, { recognitionType: 'dtmf', dtmfResult });
  }

  #fail(result: EndFrame, failedPlaySourceIndex?: number): void {
    this.#report('RecognizeFailed', result, failedPlaySourceIndex === undefined ? {} : { failedPlaySourceIndex });
  }

  #wait(ms: number, end: EndFrame): void {
    this.#cancelTimer = this.#clock.schedule(ms, () => this.#fail(end));
  }

  #report(type: string, result: EndFrame, data: JsonObject = {}): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    if (this.#observer !== undefined) this.#connection.observers.delete(this.#observer);
    this.#connection.send({ type, data, result }, this.#order.operation);
    this.#settle();
  }
}
