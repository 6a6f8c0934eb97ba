import { Agent, request as httpRequest } from 'node:http';
import { seededRandom } from 'onescreen/testing';
import type { EmulatorCore } from 'onescreen/emulator';

/** A request of a flood; `undefined` for the token means none. */
interface FloodRequest {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: string;
}

export interface FloodAnswer {
  readonly status: number;
  readonly text: string;
}

export type Ask = (request: FloodRequest) => Promise<FloodAnswer>;

const version = 'api-version=2025-03-15';

/** What comes in a flood: bad input at every door, things that are made and deleted again, and honest use between. */
export function createFlood(core: EmulatorCore, ask: Ask) {
  const random = seededRandom('flood');
  const user = core.createUser();
  const { token } = core.issueToken(user);
  const stranger = core.issueToken(core.createUser()).token;
  const statuses = new Map<number, number>();
  const count = async (request: FloodRequest) => {
    const answer = await ask(request);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    return answer;
  };

  const openThread = async () => {
    const body = JSON.stringify({ topic: 'Flood' });
    const { text } = await count({ method: 'POST', path: `/chat/threads?${version}`, token, body });
    const [id = ''] = /19:[\w-]{43}1@thread\.v2/.exec(text) ?? [];
    return `/chat/threads/${encodeURIComponent(id)}`;
  };
  let thread: string | undefined;
  let sent = 0;

  /** A message that is stored; a full thread is deleted for another. */
  const talk = async () => {
    if (sent % 200 === 0) {
      if (thread !== undefined) await count({ method: 'DELETE', path: `${thread}?${version}`, token });
      thread = await openThread();
    }
    sent += 1;
    const body = JSON.stringify({ content: `message ${sent}`, type: 'text' });
    await count({ method: 'POST', path: `${thread ?? ''}/messages?${version}`, token, body });
  };

  const allocate = async () => {
    const { text } = await count({ method: 'POST', path: `/v4/a?epid=${random.id()}`, token });
    const [, endpoint = ''] = /"surl":"([^"]+)"/.exec(text) ?? [];
    const { connectparams = {} } = JSON.parse(text) as { connectparams?: Record<string, string> };
    await count({ method: 'GET', path: `/socket.io/1/?${new URLSearchParams(connectparams).toString()}`, token });
    const transports = { TROUTER: [{ context: '', path: endpoint, ttl: 7200 }] };
    const body = JSON.stringify({ registrationId: random.id(), transports });
    await count({ method: 'POST', path: '/v3/registrations', token, body });
  };

  const abuses: readonly (() => FloodRequest)[] = [
    () => ({ method: 'GET', path: `/unknown/${random.id()}` }),
    () => ({ method: 'PUT', path: `/chat/threads/${random.id()}` }),
    () => ({ method: 'GET', path: `/chat/threads/${random.id()}?${version}`, token }),
    () => ({ method: 'GET', path: `${thread ?? '/'}?${version}`, token: stranger }),
    () => ({ method: 'GET', path: `${thread ?? '/'}?api-version=${random.id()}`, token }),
    () => ({ method: 'POST', path: `${thread ?? '/'}/messages?${version}`, token, body: `{"content":"${random.id()}` }),
    () => ({ method: 'POST', path: `${thread ?? '/'}/messages?${version}`, token, body: '{"content":{"a":[1]}}' }),
    () => ({ method: 'POST', path: `${thread ?? '/'}/messages?${version}`, token, body: `"${'x'.repeat(4_000)}"` }),
    () => ({ method: 'GET', path: `/chat/threads?${version}&maxPageSize=${random.id()}`, token }),
    () => ({ method: 'GET', path: `/chat/threads?${version}`, token: `${random.id()}.${random.id()}.${random.id()}` }),
    () => ({
      method: 'GET',
      path: `/chat/threads?${version}`,
      token: `${token.slice(0, -8)}${random.id().slice(0, 8)}`,
    }),
    () => ({ method: 'POST', path: `/identities/${random.id()}/:issueAccessToken?api-version=2023-10-01`, body: '{}' }),
    () => ({ method: 'DELETE', path: `/v3/registrations/${random.id()}`, token }),
    () => ({ method: 'GET', path: `/socket.io/1/?sr=${random.id()}&se=9e15&sig=${random.id()}`, token }),
    () => ({
      method: 'POST',
      path: '/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview',
      token: 'a.b.c',
    }),
    () => ({
      method: 'POST',
      path: '/v3/registrations',
      token,
      body: '{"registrationId":"x","transports":{"TROUTER":7}}',
    }),
    () => ({
      method: 'POST',
      path: `${thread ?? '/'}/participants/:add?${version}`,
      token,
      body: JSON.stringify({ participants: [{ communicationIdentifier: { rawId: `8:acs:${random.id()}` } }] }),
    }),
  ];

  return {
    /** How often each status was answered. */
    statuses,
    /** The next of the flood, with the number of requests that it took. */
    async next(index: number): Promise<void> {
      if (index % 10 === 0) return talk();
      if (index % 10 === 5) return allocate();
      const abuse = abuses[index % abuses.length];
      if (abuse !== undefined) await count(abuse());
    },
    get asked(): number {
      return [...statuses.values()].reduce((sum, times) => sum + times, 0);
    },
  };
}

const headersOf = ({ token, body }: FloodRequest): Record<string, string> => ({
  ...(token !== undefined && { authorization: `Bearer ${token}`, 'x-skypetoken': token }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
});

/** Asks the core itself. */
export const askCore =
  (core: EmulatorCore): Ask =>
  async (request) => {
    const { method, path, body } = request;
    const response = await core.handle(
      new Request(`http://127.0.0.1:4040${path}`, {
        method,
        headers: headersOf(request),
        ...(body !== undefined && { body }),
      }),
    );
    return { status: response.status, text: await response.text() };
  };

/** Asks over loopback, with connections that are kept. */
export function askHttp(endpoint: string): { readonly ask: Ask; readonly close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const ask: Ask = (request) =>
    new Promise((resolve, reject) => {
      const { method, path, body } = request;
      const sending = httpRequest(`${endpoint}${path}`, { agent, method, headers: headersOf(request) }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      });
      sending.on('error', reject);
      sending.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
