import { createHash, createHmac } from 'node:crypto';
import { isLoopback } from './addresses';
import { request, type Answer } from './request';
import { variables, type DoctorSettings } from './settings';

/** A Communication Services resource, asked as the server would ask it. */
export interface Resource {
  readonly endpoint: URL;
  /** What proves who asks. */
  readonly as: 'key' | 'identity';
  /** Rejects when there is no answer at all. */
  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>;
}

/** Why there is none to be asked, and what helps. */
export interface NoResource {
  readonly problem: string;
  readonly remedy: string;
}

/** Reads a connection string, or an endpoint and a token. */
export function openResource(settings: DoctorSettings, now: () => number): Resource | NoResource {
  const { connectionString, endpoint, entraToken } = settings;
  if (connectionString !== undefined) return withKey(connectionString, now);
  if (endpoint === undefined || entraToken === undefined) {
    return {
      problem: 'there is neither a connection string nor an endpoint with a token',
      remedy: `Set ${variables.connectionString}, or ${variables.endpoint} and ${variables.entraToken}.`,
    };
  }
  const url = readEndpoint(endpoint);
  if (typeof url === 'string') return { problem: url, remedy: `Set ${variables.endpoint} to the resource's endpoint.` };
  const headers = { authorization: `Bearer ${entraToken}` };
  return {
    endpoint: url,
    as: 'identity',
    send: (method, path, body) => request(new URL(path, url), { method, headers, ...(body && { json: body }) }),
  };
}

function withKey(connectionString: string, now: () => number): Resource | NoResource {
  const remedy = `Copy ${variables.connectionString} from the resource's keys: endpoint=https://…/;accesskey=…`;
  const part = (name: string) => new RegExp(`(?:^|;)\\s*${name}=([^;]*)`, 'i').exec(connectionString)?.[1]?.trim();
  const url = readEndpoint(part('endpoint') ?? '');
  if (typeof url === 'string') return { problem: url, remedy };
  const text = part('accesskey') ?? '';
  const key = Buffer.from(text, 'base64');
  if (text === '') return { problem: 'the connection string has no access key', remedy };
  if (key.toString('base64') !== text) return { problem: 'the access key is not base64; it may be cut short', remedy };
  return {
    endpoint: url,
    as: 'key',
    send: (method, path, body) => {
      const target = new URL(path, url);
      const headers = sign(method, target, body === undefined ? '' : JSON.stringify(body), key, now());
      return request(target, { method, headers, ...(body && { json: body }) });
    },
  };
}

function readEndpoint(text: string): URL | string {
  if (!URL.canParse(text)) return 'the endpoint is no address';
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  return 'the endpoint is not https';
}

/** Signs method, path, time, host and body. Source: "Sign an HTTP request", Azure Communication Services. */
function sign(method: string, url: URL, body: string, key: Buffer, now: number): Readonly<Record<string, string>> {
  const date = new Date(now).toUTCString();
  const hash = createHash('sha256').update(body).digest('base64');
  const text = `${method}\n${url.pathname}${url.search}\n${date};${url.host};${hash}`;
  const signature = createHmac('sha256', key).update(text).digest('base64');
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}
