import {
  ContactCenterError,
  createLive,
  toContactCenterError,
  type CommandOptions,
  type Environment,
  type ErrorShape,
  type LinkState,
  type Live,
  type Socket,
  type SocketConnect,
  type SocketEvent,
} from 'onescreen';
import { Subject, type Observable } from 'rxjs';
import type { AnswerFrame, Command, CommandFrame } from '../protocol/frames';

/** Longest a command may take when its caller names no time, in milliseconds. */
const defaultTimeoutMs = 30_000;

export interface FrameLinkOptions<Push> {
  /** Origin, and path prefix, of the server. */
  readonly url: string;
  /** Which of the server's doors: `agents` or `customers`. */
  readonly door: string;
  readonly environment: Pick<Environment, 'clock' | 'random' | 'logger'>;
  readonly socket: SocketConnect;
  /**
   * Asked at every connect for what the door wants to see. `renew`: what it got last was turned away, something
   * else is wanted. Left out of `renewable`, a refusal is final at once.
   */
  readonly credentials: (renew: boolean) => Promise<Readonly<Record<string, unknown>>>;
  /** Whether credentials can be renewed after `session/unauthorized`. It is tried once per refusal. */
  readonly renewable: boolean;
  /** Tells the pushes of this door from frames that a newer server may send; those are ignored. */
  readonly isPush: (frame: unknown) => frame is Push;
}

/** Commands and pushes over a socket that comes and goes. */
export interface FrameLink<Commands extends CommandMap<Commands>, Push> {
  readonly state$: Live<LinkState>;
  /** In order. Subscribe before anything is awaited. */
  readonly pushes$: Observable<Push>;
  /**
   * Carries out a command once: while it is unanswered it is sent again, with the same id, after every reconnect.
   * @throws ContactCenterError with the server's code, or `command/timed-out`, `command/aborted`, `session/closed`,
   * or the code of the refusal when the server has turned the link away
   */
  command<Name extends keyof Commands & string>(
    name: Name,
    args: Commands[Name]['args'],
    options?: LinkCommandOptions,
  ): Promise<Commands[Name]['result']>;
  close(): Promise<void>;
}

/** Commands by name. */
export type CommandMap<Commands> = { readonly [Name in keyof Commands]: Command<unknown, unknown> };

export interface LinkCommandOptions extends CommandOptions {
  /** Left out: a new one. Two commands with the same id are one. */
  readonly commandId?: string;
}

/** Opens a link. Returns at once; connecting goes on behind `state$`. */
export function openFrameLink<Commands extends CommandMap<Commands>, Push>(
  options: FrameLinkOptions<Push>,
): FrameLink<Commands, Push> {
  return new SocketFrameLink<Commands, Push>(options);
}

/** A command that was not answered yet, and everybody who waits for it. */
interface Unanswered {
  readonly frame: CommandFrame;
  readonly waiters: Set<Waiter>;
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: ContactCenterError): void;
}

class SocketFrameLink<Commands extends CommandMap<Commands>, Push> implements FrameLink<Commands, Push> {
  readonly state$: Live<LinkState>;
  readonly pushes$: Observable<Push>;
  readonly #options: FrameLinkOptions<Push>;
  readonly #state = createLive<LinkState>({ status: 'connecting' });
  readonly #pushes = new Subject<Push>();
  /** In order of sending; sent again in that order. */
  readonly #unanswered = new Map<string, Unanswered>();
  #socket: Socket;
  /** True from a renewal until the link stands: a second refusal in a row is final. */
  #renewed = false;
  #over: ContactCenterError | undefined;

  constructor(options: FrameLinkOptions<Push>) {
    this.#options = options;
    this.state$ = this.#state.live;
    this.pushes$ = this.#pushes.asObservable();
    this.#tell();
    this.#socket = this.#connect(false);
  }

  command<Name extends keyof Commands & string>(
    name: Name,
    args: Commands[Name]['args'],
    options: LinkCommandOptions = {},
  ): Promise<Commands[Name]['result']> {
    const { clock, random, logger } = this.#options.environment;
    const { signal, timeoutMs = defaultTimeoutMs, commandId = random.id() } = options;
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over);
      if (signal?.aborted) return reject(abortedError(name, signal));
      const onAbort = () => settle(() => reject(abortedError(name, signal)));
      const cancelTimer = clock.schedule(timeoutMs, () => fail(timedOutError(name, timeoutMs)));
      const settle = (finish: () => void) => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        unanswered.waiters.delete(waiter);
        if (unanswered.waiters.size === 0) this.#unanswered.delete(commandId);
        finish();
      };
      const fail = (error: ContactCenterError) => {
        logger?.warn('command-failed', { name, error });
        settle(() => reject(error));
      };
      const waiter: Waiter = {
        // The protocol ties a command's name to its result; the server that answers keeps to it.
        resolve: (result) => settle(() => resolve(result)),
        reject: fail,
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const unanswered = this.#unanswered.get(commandId) ?? this.#issue({ type: 'command', id: commandId, name, args });
      unanswered.waiters.add(waiter);
    });
  }

  close(): Promise<void> {
    this.#finish(new ContactCenterError('session/closed', 'unable to reach the control plane; the link is closed'));
    this.#socket.close();
    this.#state.complete();
    this.#pushes.complete();
    return Promise.resolve();
  }

  #tell(): void {
    const { door, environment } = this.#options;
    const { logger } = environment;
    if (logger === undefined) return;
    this.#state.live.subscribe(({ status, error }) => {
      logger[status === 'refused' ? 'error' : 'info']('link', { door, status, ...(error !== undefined && { error }) });
    });
  }

  #issue(frame: CommandFrame): Unanswered {
    const unanswered: Unanswered = { frame, waiters: new Set() };
    this.#unanswered.set(frame.id, unanswered);
    if (this.#state.value.status === 'online') this.#socket.send(frame);
    return unanswered;
  }

  #connect(renew: boolean): Socket {
    const { url, door, socket } = this.#options;
    let wanted = renew;
    return socket({
      url,
      door,
      credentials: async () => {
        try {
          const credentials = await this.#options.credentials(wanted);
          wanted = false;
          return credentials;
        } catch (error) {
          const failure = toContactCenterError(error, 'token/unavailable', 'unable to get credentials; see cause');
          if (this.#over === undefined) this.#state.set({ status: 'offline', error: failure });
          throw failure;
        }
      },
      receive: (event) => this.#receive(event),
    });
  }

  #receive(event: SocketEvent): void {
    if (this.#over !== undefined) return;
    switch (event.type) {
      case 'open':
        this.#renewed = false;
        this.#state.set({ status: 'online' });
        for (const { frame } of this.#unanswered.values()) this.#socket.send(frame);
        return;
      case 'frame':
        if (isAnswerFrame(event.frame)) this.#answer(event.frame);
        else if (this.#options.isPush(event.frame)) this.#pushes.next(event.frame);
        return;
      case 'down':
        if (this.#state.value.status !== 'offline')
          this.#state.set({ status: 'offline', error: this.#outOfReach(event.reason) });
        return;
      case 'refused':
        this.#refused(event.code, event.message);
    }
  }

  #outOfReach(reason: string): ContactCenterError {
    const message = `unable to reach the control plane at ${this.#options.url}; ${reason}`;
    return new ContactCenterError('session/offline', message, { retryable: true });
  }

  #refused(code: string, message: string): void {
    this.#socket.close();
    if (code === 'session/unauthorized' && this.#options.renewable && !this.#renewed) {
      this.#renewed = true;
      this.#socket = this.#connect(true);
      return;
    }
    const error = new ContactCenterError(code, message);
    this.#finish(error);
    this.#state.set({ status: 'refused', error });
  }

  #answer(frame: AnswerFrame): void {
    const unanswered = this.#unanswered.get(frame.id);
    if (unanswered === undefined) return;
    for (const waiter of [...unanswered.waiters]) {
      if (frame.ok) waiter.resolve(frame.result);
      else waiter.reject(new ContactCenterError(frame.error.code, frame.error.message, frame.error));
    }
  }

  #finish(error: ContactCenterError): void {
    if (this.#over !== undefined) return;
    this.#over = error;
    for (const { waiters } of [...this.#unanswered.values()]) {
      for (const waiter of [...waiters]) waiter.reject(error);
    }
  }
}

function abortedError(name: string, signal: AbortSignal | undefined): ContactCenterError {
  return new ContactCenterError('command/aborted', `unable to carry out ${name}; it was aborted`, {
    cause: signal?.reason,
  });
}

function timedOutError(name: string, timeoutMs: number): ContactCenterError {
  return new ContactCenterError('command/timed-out', `unable to carry out ${name}; no answer within ${timeoutMs} ms`, {
    retryable: true,
  });
}

function isAnswerFrame(frame: unknown): frame is AnswerFrame {
  if (typeof frame !== 'object' || frame === null) return false;
  if (!('type' in frame) || frame.type !== 'answer' || !('id' in frame) || typeof frame.id !== 'string') return false;
  return 'ok' in frame && (frame.ok === true ? 'result' in frame : 'error' in frame && isErrorShape(frame.error));
}

function isErrorShape(error: unknown): error is ErrorShape {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
