import { systemClock } from 'onescreen';

/** An answer, as far as the checks go by it. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON, or undefined. */
  readonly body: unknown;
  /** `error.code` and `error.message` of the body. */
  readonly code?: string;
  readonly message?: string;
  /** What the service says the time is, in epoch milliseconds. */
  readonly date?: number;
}

export interface RequestOptions {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** How long an answer may take, in milliseconds. */
const timeoutMs = 15_000;

/** Rejects with what {@link whyNoAnswer} explains. Follows no redirect: what is sent is for one host. */
export async function request(url: URL, { method, headers = {}, json }: RequestOptions): Promise<Answer> {
  const abort = new AbortController();
  const cancel = systemClock.schedule(timeoutMs, () =>
    abort.abort(new Error(`there was no answer within ${timeoutMs / 1_000} s`)),
  );
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      redirect: 'manual',
      signal: abort.signal,
    });
    const body = parse(await response.text());
    const date = Date.parse(response.headers.get('date') ?? '');
    const code = textAt(body, 'code');
    const message = textAt(body, 'message');
    return {
      status: response.status,
      body,
      ...(code !== undefined && { code }),
      ...(message !== undefined && { message }),
      ...(!Number.isNaN(date) && { date }),
    };
  } finally {
    cancel();
  }
}

/** Why there was no answer, in one clause. */
export function whyNoAnswer(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = isObject(cause) && typeof cause.code === 'string' ? cause.code : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the name of the host is not known';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (/CERT|SELF_SIGNED|ALTNAME|VERIFY/.test(code)) return `its certificate is not trusted (${code})`;
  if (code !== '') return `the connection failed (${code})`;
  return cause instanceof Error ? cause.message : 'the connection failed';
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textAt(body: unknown, member: 'code' | 'message'): string | undefined {
  const error = isObject(body) ? body.error : undefined;
  const text = isObject(error) ? error[member] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
