/**
 * `service`: any origin, and scripts may read the `Location` header only, as the service has it (so
 * a cross-origin page cannot read `Retry-After`). `open`: scripts may read every header. `off`: none.
 */
export type CorsMode = 'service' | 'open' | 'off';

export function preflight(request: Request, mode: CorsMode): Response {
  const response = new Response(null, { status: 204 });
  if (mode === 'off') return response;
  response.headers.set('access-control-allow-origin', '*');
  response.headers.set('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
  response.headers.set('access-control-allow-headers', request.headers.get('access-control-request-headers') ?? '*');
  response.headers.set('access-control-max-age', '86400');
  return response;
}

export function addCors(response: Response, mode: CorsMode): void {
  if (mode === 'off') return;
  response.headers.set('access-control-allow-origin', '*');
  response.headers.set('access-control-expose-headers', mode === 'open' ? '*' : 'Location');
}
