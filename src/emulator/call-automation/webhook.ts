import type { Cancel, Clock } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import { isLoopback } from './loopback-url';

/** What posts: `fetch`, or a stand-in. */
export type Post = (url: string, init: RequestInit) => Promise<Response>;

export interface Delivery {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the log calls it, such as `CallConnected`. */
  readonly event: string;
  /** At most this many attempts. */
  readonly attempts: number;
  /** Milliseconds after which no further attempt is made. */
  readonly forMs: number;
}

export interface WebhookParts {
  readonly clock: Clock;
  readonly log: ActivityLog;
  readonly post: Post;
}

/** Milliseconds that a receiver may take (chosen). */
const timeoutMs = 10_000;
/** Milliseconds before the second attempt; doubles with each further one (chosen). */
const backOffMs = 500;

/** Posts to servers on this machine until they answer with anything but 5xx. Never throws, never waits for them. */
export class Webhook {
  readonly #parts: WebhookParts;
  readonly #open = new Set<AbortController>();
  #closed = false;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  deliver(delivery: Delivery): void {
    const { clock } = this.#parts;
    if (!isLoopback(delivery.url)) return this.#note(delivery, 'refused');
    void this.#attempt(delivery, 1, clock.now() + delivery.forMs);
  }

  /** One request with its answer; undefined when there is none in time. */
  async ask(url: string, init: RequestInit): Promise<Response | undefined> {
    if (!isLoopback(url) || this.#closed) return undefined;
    const { clock, post } = this.#parts;
    const abort = new AbortController();
    this.#open.add(abort);
    let cancel: Cancel = () => {};
    const tooLate = new Promise<undefined>((resolve) => {
      cancel = clock.schedule(timeoutMs, () => abort.abort());
      abort.signal.addEventListener('abort', () => resolve(undefined));
    });
    try {
      // Whoever redirects might lead away from this machine.
      const answer = post(url, { ...init, redirect: 'manual', signal: abort.signal });
      return await Promise.race([answer, tooLate]);
    } catch {
      return undefined;
    } finally {
      cancel();
      this.#open.delete(abort);
    }
  }

  close(): void {
    this.#closed = true;
    for (const abort of this.#open) abort.abort();
  }

  async #attempt(delivery: Delivery, attempt: number, until: number): Promise<void> {
    const { url, headers, body } = delivery;
    const { clock } = this.#parts;
    const response = await this.ask(url, { method: 'POST', headers, body });
    if (this.#closed) return;
    this.#note(delivery, response?.status ?? 'unreachable');
    // Nobody reads the body; left open it would keep the connection.
    void response?.body?.cancel().catch(() => {});
    if (response !== undefined && response.status < 500) return;
    const waitMs = backOffMs * 2 ** (attempt - 1);
    if (attempt >= delivery.attempts || clock.now() + waitMs > until) return this.#note(delivery, 'given-up');
    clock.schedule(waitMs, () => void this.#attempt(delivery, attempt + 1, until));
  }

  #note({ url, event }: Delivery, outcome: 'refused' | 'unreachable' | 'given-up' | number): void {
    const host = URL.canParse(url) ? new URL(url).host : 'nowhere';
    this.#parts.log.add({ kind: 'webhook', event, host, outcome });
  }
}
