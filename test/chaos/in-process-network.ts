import { Socket } from 'node:net';
import { delay, type Clock } from 'onescreen';
import type { EmulatorCore } from 'onescreen/emulator';
import type { SeededRandom } from 'onescreen/testing';
import { installBrowserGlobals } from '../emulator/browser-globals';

/** An emulator that the globals of this process reach, as if over a network, whatever host they ask for. */
export interface Site {
  readonly core: EmulatorCore;
  readonly clock: Clock;
  /** For latencies. */
  readonly random: SeededRandom;
}

let site: Site | undefined;

export function serveSite(next: Site): void {
  site = next;
}

/** Puts fetch, XMLHttpRequest and WebSocket over the emulator in place of the globals; the real network is shut. */
export function installInProcessNetwork(): void {
  const globals = { fetch: fetchInProcess, WebSocket: InProcessWebSocket };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  installBrowserGlobals();
  Socket.prototype.connect = () => {
    throw new Error('unable to connect; this process has no network');
  };
}

/** One way, in milliseconds. */
function latency({ random }: Site): number {
  return random.integer(3, 40);
}

async function fetchInProcess(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { signal, ...rest } = init;
  const request = new Request(input, rest);
  const answer = exchange(site, request);
  if (signal === null || signal === undefined) return answer;
  // Giving up ends the waiting, not the request.
  answer.catch(() => {});
  return Promise.race([answer, aborted(signal)]);
}

async function exchange(reached: Site | undefined, request: Request): Promise<Response> {
  if (reached === undefined) throw new TypeError('Failed to fetch');
  const { clock, core } = reached;
  await delay(clock, latency(reached));
  const response = await core.handle(request).catch(async () => {
    await delay(clock, latency(reached));
    throw new TypeError('Failed to fetch');
  });
  await delay(clock, latency(reached));
  return response;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException('The operation was aborted.', 'AbortError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** As much of a browser's WebSocket as the official client uses. Frames keep their order. */
class InProcessWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly url: string;
  readonly protocol = '';
  readonly extensions = '';
  readonly bufferedAmount = 0;
  binaryType = 'blob';
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  #toServer: (frame: string) => void = () => {};
  #leave: () => void = () => {};

  constructor(url: string | URL) {
    this.url = String(url);
    if (site !== undefined) this.#connect(site);
  }

  send(frame: string): void {
    if (this.readyState === InProcessWebSocket.CONNECTING) throw new DOMException('', 'InvalidStateError');
    if (this.readyState === InProcessWebSocket.OPEN) this.#toServer(frame);
  }

  close(): void {
    if (this.readyState >= InProcessWebSocket.CLOSING) return;
    this.readyState = InProcessWebSocket.CLOSING;
    this.#leave();
  }

  #connect(reached: Site): void {
    const ms = latency(reached);
    const later = (run: () => void) => void reached.clock.schedule(ms, run);
    this.#leave = () => later(() => this.#closed(1006));
    later(() => {
      const early: string[] = [];
      let toClient = (frame: string): void => void early.push(frame);
      try {
        const connection = reached.core.connect(this.url, {
          send: (frame) => toClient(frame),
          close: (code) => later(() => this.#closed(code)),
          terminate: () => later(() => this.#closed(1006)),
        });
        toClient = (frame) => later(() => this.#received(frame));
        this.#toServer = (frame) => later(() => connection.receive(frame));
        this.#leave = () =>
          later(() => {
            connection.ended();
            later(() => this.#closed(1000));
          });
        later(() => this.#opened());
        early.forEach(toClient);
      } catch {
        later(() => this.#closed(1006));
      }
    });
  }

  #opened(): void {
    if (this.readyState !== InProcessWebSocket.CONNECTING) return;
    this.readyState = InProcessWebSocket.OPEN;
    this.onopen?.(new Event('open'));
  }

  #received(frame: string): void {
    if (this.readyState === InProcessWebSocket.OPEN) this.onmessage?.(new MessageEvent('message', { data: frame }));
  }

  #closed(code: number): void {
    if (this.readyState === InProcessWebSocket.CLOSED) return;
    this.readyState = InProcessWebSocket.CLOSED;
    if (code === 1006) this.onerror?.(new Event('error'));
    this.onclose?.({ type: 'close', code, reason: '', wasClean: code !== 1006 });
  }
}
