import { createHash, createHmac } from 'node:crypto';
import type { EmulatorCore, EmulatorOptions, Scope } from 'onescreen/emulator';
import { seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import { expect } from 'vitest';
import { at } from './bench-values';
import { createEmulator, expectNoMisfits } from './checked-emulator';

/** An emulator in this process under virtual time; every answer is checked against the published descriptions. */
export interface Bench {
  readonly clock: VirtualClock;
  readonly core: EmulatorCore;
  /** A new user with a token. */
  readonly user: (scopes?: readonly Scope[]) => BenchUser;
  /** Sends a request and checks the answer. */
  readonly send: (method: string, path: string, options?: SendOptions) => Promise<Answer>;
  /** The same, signed with the access key. */
  readonly signed: (
    method: string,
    path: string,
    body?: unknown,
    options?: { readonly key?: string },
  ) => Promise<Answer>;
}

export interface BenchUser {
  readonly id: string;
  readonly token: string;
  /** A chat request of this user; the api-version is added. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** A new thread with these others; its path. */
  thread(others?: readonly BenchUser[], more?: object): Promise<string>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
}

export const origin = 'http://127.0.0.1:4040';
export const chatVersion = 'api-version=2025-03-15';
export const identityVersion = 'api-version=2023-10-01';

export function createBench(options: EmulatorOptions = {}): Bench {
  const clock = virtualClock();
  const core = createEmulator({ clock, random: seededRandom(1), limits: false, ...options });

  const send: Bench['send'] = async (method, path, { body, headers } = {}) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const request = new Request(`${origin}${path}`, {
      method,
      headers: { ...(text !== undefined && { 'content-type': type }), ...headers },
      ...(text !== undefined && { body: text }),
    });
    const response = await core.handle(request);
    const answer = await response.text();
    expectNoMisfits();
    const json = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return {
      status: response.status,
      headers: response.headers,
      body: answer === '' ? undefined : json ? JSON.parse(answer) : answer,
    };
  };

  const signed: Bench['signed'] = (method, path, body, { key = core.accessKey } = {}) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    return send(method, path, {
      ...(body !== undefined && { body: text }),
      headers: signature(method, path, text, key, clock.now()),
    });
  };

  const user: Bench['user'] = (scopes = ['chat']) => {
    const id = core.createUser();
    const { token } = core.issueToken(id, { scopes });
    const call: BenchUser['call'] = (method, path, body, headers) =>
      send(method, `${path}${path.includes('?') ? '&' : '?'}${chatVersion}`, {
        ...(body !== undefined && { body }),
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    const thread: BenchUser['thread'] = async (others = [], more = {}) => {
      const answer = await call('POST', '/chat/threads', {
        topic: 'Lunch',
        participants: others.map((other) => participant(other.id)),
        ...more,
      });
      expect(answer.status).toBe(201);
      return `/chat/threads/${encodeURIComponent(String(at(answer.body, 'chatThread', 'id')))}`;
    };
    return { id, token, call, thread };
  };

  return { clock, core, send, signed, user };
}

/** The headers that sign a request, written after the description of the scheme and not after our own code. */
export function signature(
  method: string,
  path: string,
  body: string,
  key: string,
  now: number,
  host = new URL(origin).host,
): Record<string, string> {
  const date = new Date(now).toUTCString();
  const hash = createHash('sha256').update(body).digest('base64');
  const text = [method, path, `${date};${host};${hash}`].join('\n');
  const mac = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${mac}`,
  };
}

export const participant = (id: string, more: object = {}) => ({
  communicationIdentifier: { rawId: id, communicationUser: { id } },
  ...more,
});

export { at };

export const errorOf = ({ status, body }: Answer) => [status, at(body, 'error', 'code')];
