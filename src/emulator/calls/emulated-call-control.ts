import type {
  CallControl,
  CollectRequest,
  ControlledCall,
  ControlledCallEvent,
  CreatedCall,
  IncomingCall,
  Invitation,
  InviteRequest,
  Playing,
  Prompt,
} from 'onescreen/server';
import { filter, type Observable } from 'rxjs';
import type { EmulatorCore } from '../create-emulator';
import { callError } from './call-error';
import type { ServerIncoming } from './call-servers';
import { ends } from './end-reasons';
import type { ContextFrame } from './frames';
import { promptSound } from './prompt-sound';
import type { ServerCall, ServerCallEvent } from './server-call';

export interface EmulatedCallControlOptions {
  /** Object id of the resource account whose calls are controlled. */
  readonly resourceAccount: string;
  /** E.164 number by which simulated phones reach the resource account. */
  readonly phoneNumber?: string;
}

/** Drives the emulator's calls in the same process, without HTTP: everything happens in the turn in which it is asked. */
export function emulatedCallControl(
  core: Pick<EmulatorCore, 'calls'>,
  { resourceAccount, phoneNumber }: EmulatedCallControlOptions,
): CallControl {
  const { calls } = core;
  if (phoneNumber !== undefined) calls.assignNumber(phoneNumber, resourceAccount);
  const controlled = new WeakMap<ControlledCall, ServerCall>();
  const control = (call: ServerCall): ControlledCall => {
    const one = new EmulatedControlledCall(call, (other) => controlled.get(other));
    controlled.set(one, call);
    return one;
  };
  return {
    start: (onIncoming) => calls.listen(resourceAccount, (call) => onIncoming(incomingCall(call, control))),
    async create({ target, context, ...rest }): Promise<CreatedCall> {
      const call = calls.create({ account: resourceAccount, targets: [target], ...contextOf(context), ...rest });
      return { call: control(call), answered: answerOf(call) };
    },
  };
}

function incomingCall(call: ServerIncoming, control: (call: ServerCall) => ControlledCall): IncomingCall {
  const { from, to, onBehalfOf, serverCallId, context } = call;
  const headers = [...(context?.voipHeaders ?? []), ...(context?.sipHeaders ?? [])];
  return {
    ...{ from, to, serverCallId, onBehalfOf: onBehalfOf !== undefined },
    context: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
    answer: async () => control(call.answer()),
    reject: async () => call.reject(),
  };
}

function answerOf(call: ServerCall): Promise<void> {
  const answered = new Promise<void>((resolve, reject) => {
    const fail = () => reject(callError('call', call.end ?? ends.callGone));
    if (call.end !== undefined) return fail();
    call.events$.subscribe((event) => {
      if (event.kind === 'connected') resolve();
      if (event.kind === 'disconnected') fail();
    });
  });
  // Whoever does not look at it must not crash for it.
  answered.catch(() => {});
  return answered;
}

class EmulatedControlledCall implements ControlledCall {
  readonly id: string;
  readonly serverCallId: string;
  readonly events$: Observable<ControlledCallEvent>;
  readonly #call: ServerCall;
  readonly #serverCallOf: (call: ControlledCall) => ServerCall | undefined;

  constructor(call: ServerCall, serverCallOf: (call: ControlledCall) => ServerCall | undefined) {
    this.#call = call;
    this.#serverCallOf = serverCallOf;
    this.id = call.id;
    this.serverCallId = call.serverCallId;
    this.events$ = call.events$.pipe(filter(isControlled));
  }

  get end() {
    return this.#call.end;
  }

  participants() {
    return this.#call.participants();
  }

  lost(rawId: string): boolean {
    return this.#call.lost(rawId);
  }

  async add({ context, ...request }: InviteRequest): Promise<Invitation> {
    const invitation = this.#call.add({ ...request, ...contextOf(context) });
    return {
      callIds: invitation.callId === undefined ? [] : [invitation.callId],
      answered: invitation.answered,
      cancel: async () => invitation.cancel(),
    };
  }

  async remove(rawId: string): Promise<void> {
    this.#call.remove(rawId);
  }

  async hold(rawId: string): Promise<void> {
    this.#call.hold(rawId);
  }

  async unhold(rawId: string): Promise<void> {
    this.#call.unhold(rawId);
  }

  play(what: Prompt, { to, loop = false }: { readonly to?: string; readonly loop?: boolean } = {}): Playing {
    const { sound, durationMs } = promptSound(what);
    try {
      const { done, stop } = this.#call.play(sound, to, { loop, ...(durationMs !== undefined && { durationMs }) });
      return { done: done.then(() => {}), stop: async () => stop() };
    } catch (error) {
      const done = Promise.reject(error instanceof Error ? error : callError('play sound', ends.callGone));
      done.catch(() => {});
      return { done, stop: async () => {} };
    }
  }

  async collect(from: string, { prompt, most, forMs }: CollectRequest, signal?: AbortSignal): Promise<string> {
    const promptMs = prompt === undefined ? 0 : (promptSound(prompt).durationMs ?? 0);
    const playing = prompt && this.play(prompt, { to: from });
    const collected = this.#call.collect(from, { most, forMs, firstMs: forMs + promptMs });
    // A key that is pressed cuts the prompt short.
    const heard = this.#call.events$.subscribe((event) => {
      if (event.kind === 'tone' && event.from === from) void playing?.stop();
    });
    const aborted = () => collected.stop();
    if (signal?.aborted === true) aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      const { tones, end } = await collected.done;
      if (end === 'gone') throw callError('collect tones', ends.callGone);
      return tones;
    } finally {
      signal?.removeEventListener('abort', aborted);
      heard.unsubscribe();
      await playing?.stop();
    }
  }

  async sendTones(rawId: string, tones: string): Promise<void> {
    this.#call.sendTones(rawId, tones);
  }

  async mute(rawId: string): Promise<void> {
    this.#call.mute(rawId);
  }

  async transfer(transferee: string, target: string): Promise<void> {
    await this.#call.transfer({ transferee, target }).done;
  }

  async moveHere(rawIds: readonly string[], from: ControlledCall): Promise<void> {
    const other = this.#serverCallOf(from);
    if (other === undefined) throw callError('move participants', ends.invalid);
    this.#call.moveHere(rawIds, other);
  }

  async record(step: 'start' | 'pause' | 'resume' | 'stop'): Promise<void> {
    switch (step) {
      case 'start':
        return this.#call.startRecording();
      case 'pause':
        return this.#call.pauseRecording();
      case 'resume':
        return this.#call.resumeRecording();
      case 'stop':
        return this.#call.stopRecording();
    }
  }

  async hangUp(options: { readonly forEveryone: boolean }): Promise<void> {
    this.#call.hangUp(options);
  }
}

function isControlled(event: ServerCallEvent): event is ServerCallEvent & ControlledCallEvent {
  return event.kind !== 'connected' && event.kind !== 'hold-music';
}

function contextOf(context: Readonly<Record<string, string>> | undefined): { readonly context?: ContextFrame } {
  if (context === undefined) return {};
  return { context: { voipHeaders: Object.entries(context).map(([key, value]) => ({ key, value })) } };
}
