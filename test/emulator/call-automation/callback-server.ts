import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One event as it came in. */
export interface Received {
  readonly path: string;
  readonly id: string;
  /** Without `Microsoft.Communication.`. */
  readonly type: string;
  readonly event: Record<string, unknown>;
  readonly data: Record<string, unknown>;
}

/** A vendor's server that only takes events down. */
export class CallbackServer {
  readonly origin: string;
  readonly events: Received[] = [];
  /** Requests with their headers, validations and failed ones included. */
  readonly requests: {
    readonly method: string;
    readonly headers: Record<string, unknown>;
    readonly body: string;
  }[] = [];
  /** Statuses that the next events are answered with. */
  readonly statuses: number[] = [];
  /** Whether handshakes are passed. */
  agrees = true;
  readonly #close: () => Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(origin: string, close: () => Promise<void>) {
    this.origin = origin;
    this.#close = close;
  }

  static async start(): Promise<CallbackServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: string | AddressInfo | null = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const self = new CallbackServer(`http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        self.requests.push({ method, headers, body });
        const { status, headers: more = {}, answer = '' } = self.#take(method, url, headers, body);
        response.writeHead(status, more).end(answer);
      });
    });
    return self;
  }

  /** The first event of a type that fits, now or within 20 s. */
  async event(type: string, fits: (received: Received) => boolean = () => true): Promise<Received> {
    const until = Date.now() + 20_000;
    for (;;) {
      const found = this.events.find((one) => one.type === type && fits(one));
      if (found !== undefined) return found;
      if (Date.now() > until)
        throw new Error(`unable to find ${type}; there are ${this.events.map((one) => one.type).join(', ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  types(path?: string): readonly string[] {
    return this.events.filter((one) => path === undefined || one.path === path).map(({ type }) => type);
  }

  async close(): Promise<void> {
    await this.#close();
  }

  #take(
    method: string,
    path: string,
    headers: Readonly<Record<string, unknown>>,
    body: string,
  ): { readonly status: number; readonly headers?: Record<string, string>; readonly answer?: string } {
    if (method === 'OPTIONS')
      return { status: 200, headers: this.agrees ? { 'webhook-allowed-origin': 'eventgrid.azure.net' } : {} };
    const parsed: unknown = JSON.parse(body);
    const [event] = Array.isArray(parsed) ? parsed.map(asRecord) : [asRecord(parsed)];
    if (event === undefined) return { status: 400 };
    const data = asRecord(event.data);
    if (headers['aeg-event-type'] === 'SubscriptionValidation') {
      const answer = JSON.stringify({ validationResponse: this.agrees ? data.validationCode : 'something else' });
      return { status: 200, headers: { 'content-type': 'application/json' }, answer };
    }
    const status = this.statuses.shift() ?? 200;
    if (status >= 500) return { status };
    const type = String(event.type ?? event.eventType).replace('Microsoft.Communication.', '');
    this.events.push({ path, id: String(event.id), type, event, data });
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((wake) => wake());
    return { status };
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
