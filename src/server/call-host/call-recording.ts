import type { ChannelChange } from '../../protocol/log-entry';
import type { ControlledCall } from '../call-control';
import { tryTwice } from './try-twice';

type State = 'on' | 'paused' | 'off';

/** Whether a call is recorded. */
export class CallRecording {
  readonly #call: ControlledCall;
  #state: State = 'off';

  constructor(call: ControlledCall) {
    this.#call = call;
  }

  /** What has changed by this state; undefined for nothing. */
  see(state: State): ChannelChange | undefined {
    const before = this.#state;
    this.#state = state;
    if (before === state) return undefined;
    if (state === 'off') return 'recording-stopped';
    if (state === 'paused') return 'recording-paused';
    return before === 'paused' ? 'recording-resumed' : 'recording-started';
  }

  async stop(): Promise<void> {
    if (this.#state === 'off') return;
    await tryTwice(() => this.#call.record('stop')).catch((error: unknown) => {
      if (this.#state !== 'off') throw error;
    });
  }
}
