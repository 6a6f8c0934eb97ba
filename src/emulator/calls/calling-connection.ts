import type { ActivityLog } from '../activity-log';
import type { RealtimeSocket, SocketConnection } from '../realtime/realtime-connection';
import type { CallClients } from './call-clients';
import { clientLineOf } from './call-clients';
import type { CallEndpoint, EndpointLink } from './call-endpoint';
import type { ClientRequests } from './client-requests';
import { CallRefusal, ends } from './end-reasons';
import type { CallingPush, CallingRequest, EndFrame } from './frames';
import { maxCallingFrameLength, readRequest } from './read-request';

export interface CallingConnectionOptions {
  readonly id: string;
  readonly clients: CallClients;
  readonly requests: ClientRequests;
  readonly log: ActivityLog;
}

/** The emulator's end of one page's signalling: one connection, one endpoint. */
export class CallingConnection implements SocketConnection {
  readonly #socket: RealtimeSocket;
  readonly #options: CallingConnectionOptions;
  readonly #link: EndpointLink;
  #endpoint: CallEndpoint | undefined;
  #closed = false;

  constructor(socket: RealtimeSocket, options: CallingConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#link = {
      push: (frame) => this.#send(frame),
      close: (code, reason) => this.close(code, reason),
      terminate: () => this.terminate(),
    };
    this.#note('opened');
  }

  get open(): boolean {
    return !this.#closed;
  }

  /** Takes one frame. A request that is malformed is refused; anything else that is none closes the connection. */
  receive(text: string): void {
    if (this.#closed) return;
    if (text.length > maxCallingFrameLength) return this.close(1009, 'frame too large');
    const request = readRequest(text);
    if (request === undefined) {
      this.#logFrame('in', 'malformed', text.length);
      return this.close(1002, 'malformed frame');
    }
    if ('malformed' in request) {
      this.#logFrame('in', 'malformed', text.length);
      return this.#send({ type: 'answer', id: request.malformed, error: ends.invalid });
    }
    this.#logFrame('in', request.type, text.length);
    void this.#answer(request);
  }

  close(code = 1000, reason = ''): void {
    if (!this.#end()) return;
    this.#socket.close(code, reason);
  }

  terminate(): void {
    if (this.#end()) this.#socket.terminate();
  }

  /** The link is gone. */
  ended(): void {
    this.#end();
  }

  async #answer(request: CallingRequest): Promise<void> {
    const { id } = request;
    try {
      if (request.type === 'register') return this.#register(request);
      if (this.#endpoint === undefined) throw new CallRefusal(ends.notRegisteredHere);
      if (request.type === 'media') {
        const sdp = await this.#options.requests.media(this.#endpoint, request);
        return this.#send({ type: 'answer', id, sdp });
      }
      if (request.type === 'transfer') {
        await this.#options.requests.transfer(this.#endpoint, request);
        return this.#send({ type: 'answer', id });
      }
      // Answered first: what follows from the request comes after.
      const run = this.#options.requests.prepare(this.#endpoint, request);
      this.#send({ type: 'answer', id });
      run();
    } catch (error) {
      this.#send({ type: 'answer', id, error: endOf(error) });
    }
  }

  #register(request: Extract<CallingRequest, { readonly type: 'register' }>): void {
    if (this.#endpoint !== undefined) throw new CallRefusal(ends.registeredAlready);
    const held: CallingPush[] = [];
    // The answer comes before whatever rings at once.
    const link: EndpointLink = this.#link;
    const early: EndpointLink = { ...link, push: (frame) => void held.push(frame) };
    const { endpoint, returned } = this.#options.clients.register(request, early);
    endpoint.attach(link);
    this.#endpoint = endpoint;
    this.#send({ type: 'answer', id: request.id });
    for (const frame of [...endpoint.takeMissed(), ...held]) this.#send(frame);
    if (!returned) return;
    for (const party of new Set(endpoint.legs.values())) {
      const line = clientLineOf(party);
      if (line?.endpoint === endpoint) line.repeat(party);
    }
    this.#send({ type: 'recovered' });
  }

  #end(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#note('closed');
    if (this.#endpoint !== undefined) this.#options.clients.lost(this.#endpoint, this.#link);
    return true;
  }

  #send(frame: CallingPush): void {
    if (this.#closed) return;
    const text = JSON.stringify(frame);
    if (frame.type !== 'levels') this.#logFrame('out', frame.type, text.length);
    this.#socket.send(text);
  }

  #logFrame(direction: 'in' | 'out', frame: string, bytes: number): void {
    const { id, log } = this.#options;
    log.add({
      kind: 'frame',
      direction,
      endpoint: id,
      user: this.#endpoint?.user ?? '',
      frame: `calling ${frame}`,
      bytes,
    });
  }

  #note(what: 'opened' | 'closed'): void {
    const { id, log } = this.#options;
    log.add({ kind: 'socket', endpoint: id, user: this.#endpoint?.user ?? '', what });
  }
}

/** A defect must not take the emulator down; its message may quote what was sent, and stays here. */
function endOf(error: unknown): EndFrame {
  return error instanceof CallRefusal ? error.end : { code: 500, subCode: 0, message: 'The emulator failed.' };
}
