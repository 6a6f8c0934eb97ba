/** A request and the service's own answer to it, before any fault changes that. */
export interface Exchange {
  readonly method: string;
  /** As it was asked for, percent-encoded and without the query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  /** The answer's text, empty when it has none. */
  readonly body: string;
}

export async function readExchange(request: Request, response: Response): Promise<Exchange> {
  return {
    method: request.method,
    path: new URL(request.url).pathname,
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: await response.clone().text(),
  };
}
