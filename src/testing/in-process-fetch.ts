/** What `inProcessFetch` needs of a server core; the one of `onescreen/server` has it. */
export interface RequestServer {
  handle(request: Request): Promise<Response>;
}

/** A `fetch` that hands every request to `server` in the same process, whatever its host. */
export function inProcessFetch(server: RequestServer): typeof fetch {
  return async (input, init) => server.handle(new Request(input, init));
}
