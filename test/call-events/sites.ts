import { delay, type Clock } from 'onescreen';
import type { SeededRandom } from 'onescreen/testing';

type Serve = (request: Request) => Promise<Response>;

export interface Sites {
  readonly clock: Clock;
  /** For latencies. */
  readonly random: SeededRandom;
  /** By host, such as `127.0.0.1:4100`. */
  readonly serve: ReadonlyMap<string, Serve>;
}

let sites: Sites | undefined;

export function setSites(next: Sites): void {
  sites = next;
}

/** Puts a network of these sites in place of this process's `fetch`. */
export function installSites(): void {
  Object.defineProperty(globalThis, 'fetch', { value: fetchSite, configurable: true, writable: true });
}

export async function fetchSite(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { signal, ...rest } = init;
  const request = new Request(input, rest);
  const answer = exchange(request);
  if (signal === null || signal === undefined) return answer;
  // Giving up ends the waiting, not the request.
  answer.catch(() => {});
  return Promise.race([answer, aborted(signal)]);
}

async function exchange(request: Request): Promise<Response> {
  const reached = sites;
  const serve = reached?.serve.get(new URL(request.url).host);
  if (reached === undefined || serve === undefined) throw new TypeError('Failed to fetch');
  const { clock, random } = reached;
  await delay(clock, random.integer(1, 20));
  const response = await serve(request);
  await delay(clock, random.integer(1, 20));
  return response;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException('The operation was aborted.', 'AbortError'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
