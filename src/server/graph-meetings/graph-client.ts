import { ContactCenterError } from 'onescreen';
import * as v from 'valibot';

/** A meeting as Graph answers it; what is left out is not looked at. */
const onlineMeeting = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  joinWebUrl: v.pipe(v.string(), v.url()),
  joinMeetingIdSettings: v.nullish(v.object({ joinMeetingId: v.nullish(v.string()), passcode: v.nullish(v.string()) })),
});

export type OnlineMeeting = v.InferOutput<typeof onlineMeeting>;

export interface GraphClientOptions {
  /** Below which `/v1.0` lies. */
  readonly graph: URL;
  readonly token: () => string | Promise<string>;
}

/** Online meetings in Microsoft Graph, by HTTP. Everything rejects with `channel/unavailable`, with the status and code in `provider`. */
export class GraphClient {
  readonly #options: GraphClientOptions;

  constructor(options: GraphClientOptions) {
    this.#options = options;
  }

  async create(organizer: string, meeting: Readonly<Record<string, unknown>>): Promise<OnlineMeeting> {
    const response = await this.#send('make meeting', 'POST', [organizer, 'onlineMeetings'], meeting);
    const body: unknown = await response.json().catch(() => undefined);
    const read = v.safeParse(onlineMeeting, body);
    if (read.success) return read.output;
    throw failed('make meeting', 'Graph’s answer is no meeting', response.status);
  }

  /** Ends it for everybody. Gone already: no effect. */
  async delete(organizer: string, id: string): Promise<void> {
    await this.#send('end meeting', 'DELETE', [organizer, 'onlineMeetings', id]);
  }

  async #send(
    action: string,
    method: 'POST' | 'DELETE',
    path: readonly string[],
    body?: Readonly<Record<string, unknown>>,
  ): Promise<Response> {
    const { graph, token } = this.#options;
    const url = `${graph.origin}${graph.pathname.replace(/\/$/, '')}/v1.0/users/${path.map(encodeURIComponent).join('/')}`;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw failed(action, 'Graph cannot be reached', undefined, cause);
    }
    const isGone = method === 'DELETE' && response.status === 404;
    if (response.ok || isGone) return response;
    throw failed(action, `Graph refused with ${response.status}`, await codeOf(response));
  }
}

const refusal = v.object({ error: v.object({ code: v.string() }) });

async function codeOf(response: Response): Promise<string | number> {
  const read = v.safeParse(refusal, await response.json().catch(() => undefined));
  return read.success ? read.output.error.code : response.status;
}

function failed(action: string, why: string, code?: string | number, cause?: unknown): ContactCenterError {
  return new ContactCenterError('channel/unavailable', `unable to ${action}; ${why}`, {
    retryable: true,
    provider: { name: 'graph', ...(code !== undefined && { code }) },
    ...(cause !== undefined && { cause }),
  });
}
