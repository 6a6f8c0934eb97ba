/** Largest delivery taken, in bytes: a batch of Event Grid has at most 1 MB (azure-docs, event-grid/delivery-and-retry). */
const maxBody = 1_048_576;

/** The JSON of a delivery; `undefined` for what is none or is too large. Reads no more than is allowed. */
export async function readDelivery(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBody || request.body === null) return undefined;
  const reader = request.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBody) {
        await reader.cancel();
        return undefined;
      }
      text += decoder.decode(part.value, { stream: true });
    }
    const value: unknown = JSON.parse(text + decoder.decode());
    return value;
  } catch {
    return undefined;
  }
}

/** An answer without a body. */
export function bare(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers });
}
