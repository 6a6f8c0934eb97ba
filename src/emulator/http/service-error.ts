/** A refusal as the service words it: an HTTP status and `{"error":{code,message,target?}}`. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  readonly target: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: { target?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.target = details.target;
    this.headers = details.headers ?? {};
  }

  toResponse(): Response {
    const error = { code: this.code, message: this.message, ...(this.target !== undefined && { target: this.target }) };
    return jsonResponse(this.status, { error }, this.headers);
  }
}

/** A cut connection instead of an answer: `handle` rejects with it, the listener destroys the socket. */
export class DroppedConnection extends Error {
  constructor() {
    super('connection dropped by a fault');
  }
}

export const badRequest = (message: string, target?: string) =>
  new ServiceError(400, 'BadRequest', message, target === undefined ? {} : { target });
export const unauthorized = (message = 'Request is not authorized.') => new ServiceError(401, 'Unauthorized', message);
export const forbidden = (message = 'User is not allowed to perform specified action.') =>
  new ServiceError(403, 'Forbidden', message);
export const notFound = (message: string) => new ServiceError(404, 'NotFound', message);
export const tooLarge = (message: string, target?: string) =>
  new ServiceError(413, 'RequestEntityTooLarge', message, target === undefined ? {} : { target });

/** Bodies go out with the charset, as the service sends them. */
export function jsonResponse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}
