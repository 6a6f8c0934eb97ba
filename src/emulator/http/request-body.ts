import { badRequest, ServiceError, tooLarge } from './service-error';

/** Largest request body that is read at all, in bytes (chosen: well above 200 participants or 28 KB of text). */
export const maxRequestBytes = 512 * 1024;

/** Reads the body, at most `limit` bytes of it. Throws a 413 {@link ServiceError} beyond. */
export async function readBody(request: Request, limit = maxRequestBytes): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > limit) throw tooLarge(`The request body exceeds ${limit} bytes.`);
  if (request.body === null) return new Uint8Array();
  if (declared !== null) return new Uint8Array(await request.arrayBuffer());

  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw tooLarge(`The request body exceeds ${limit} bytes.`);
    }
    chunks.push(value);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses a JSON body; an empty one gives `undefined`. Throws 400 on malformed JSON, 415 on another media type. */
export function parseJson(body: Uint8Array, contentType: string | null): unknown {
  if (body.byteLength === 0) return undefined;
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType ?? '')) {
    throw new ServiceError(
      415,
      'UnsupportedMediaType',
      'The content type must be application/json or application/merge-patch+json.',
    );
  }
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
}
