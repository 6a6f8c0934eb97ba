import { ContactCenterError } from 'onescreen';

/** Largest body that is carried from one node to another, in bytes; the server itself refuses smaller ones already. */
const maxBody = 1_048_576;

/** A request that can be carried over, and asked again. Bodies are in base64. */
export interface CarriedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: [string, string][];
  readonly body?: string | undefined;
}

export interface CarriedResponse {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: string;
}

/** Reads a request. Rejects with `message/too-large`. */
export async function carriedRequest(request: Request): Promise<CarriedRequest> {
  const { method, url, headers } = request;
  const read = { method, url, headers: [...headers] };
  if (method === 'GET' || method === 'HEAD') return read;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBody) {
      throw new ContactCenterError('message/too-large', `unable to read request; it has more than ${maxBody} bytes`);
    }
    chunks.push(chunk);
  }
  return { ...read, body: Buffer.concat(chunks).toString('base64') };
}

export function requestOf({ method, url, headers, body }: CarriedRequest): Request {
  return new Request(url, { method, headers, ...(body !== undefined && { body: Buffer.from(body, 'base64') }) });
}

/** Reads a response. Rejects where it breaks off, or has a status that no answer over HTTP has. */
export async function carriedResponse(response: Response): Promise<CarriedResponse> {
  if (response.status < 200) throw new RangeError('unable to carry response; it has no status of an answer');
  const body = Buffer.from(await response.arrayBuffer()).toString('base64');
  return { status: response.status, headers: [...response.headers], body };
}

export function responseOf({ status, headers, body }: CarriedResponse): Response {
  const bytes = Buffer.from(body, 'base64');
  return new Response(bytes.length === 0 ? null : bytes, { status, headers });
}

/**
 * Whether a request may be carried out a second time when nobody knows whether it was already. A start of a conversation
 * may be where it has a key.
 */
export function isRepeatable({ method, url, headers }: CarriedRequest): boolean {
  const isStart = method === 'POST' && new URL(url).pathname.endsWith('/conversations');
  return !isStart || headers.some(([name]) => name === 'idempotency-key');
}
