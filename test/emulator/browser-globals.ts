import { WebSocket as NodeWebSocket } from 'ws';

/** As much of XMLHttpRequest as the official client's handshake needs, over fetch. */
class FetchXmlHttpRequest {
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  response = '';
  responseType = '';
  responseURL = '';
  timeout = 0;
  withCredentials = false;
  onreadystatechange: (() => void) | null = null;
  onload: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  onabort: (() => void) | null = null;
  #method = 'GET';
  #url = '';
  #headers = new Headers();
  #answer = new Headers();
  readonly #abort = new AbortController();

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
    this.#move(1);
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  getResponseHeader(name: string): string | null {
    return this.#answer.get(name);
  }

  getAllResponseHeaders(): string {
    return [...this.#answer].map(([name, value]) => `${name}: ${value}`).join('\r\n');
  }

  abort(): void {
    this.#abort.abort();
  }

  send(body?: string): void {
    void this.#send(body);
  }

  async #send(body: string | undefined): Promise<void> {
    try {
      const response = await fetch(this.#url, {
        method: this.#method,
        headers: this.#headers,
        signal: this.#abort.signal,
        ...(body !== undefined && { body }),
      });
      this.responseText = await response.text();
      this.response = this.responseText;
      this.#answer = response.headers;
      this.status = response.status;
      this.statusText = response.statusText;
      this.#move(4);
      this.onload?.();
    } catch {
      this.#move(4);
      if (this.#abort.signal.aborted) this.onabort?.();
      else this.onerror?.();
    }
    this.onloadend?.();
  }

  #move(readyState: number): void {
    this.readyState = readyState;
    this.onreadystatechange?.();
  }
}

/** Gives Node the globals that the browser build of the official chat client looks for. */
export function installBrowserGlobals(): void {
  const globals = {
    WebSocket: NodeWebSocket,
    XMLHttpRequest: FetchXmlHttpRequest,
    location: new URL('http://127.0.0.1/'),
    self: globalThis,
  };
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
