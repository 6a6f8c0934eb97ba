import type { AccessTokenClaims, Scope } from '../identity/access-token';

/** One request, read and admitted. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** Parts of the path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The parsed JSON body, `undefined` when empty. */
  readonly body: unknown;
}

export interface UserCall extends Call {
  readonly user: AccessTokenClaims;
}

interface OperationBase {
  /** The operation's id in the published OpenAPI description, or one of ours where there is none. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A Hono path. */
  readonly path: string;
  /** Accepted values of `api-version`; absent where the service asks for none. */
  readonly apiVersions?: readonly string[];
}

/** Signed with the resource's access key. */
export interface KeyOperation extends OperationBase {
  readonly access: 'key';
  /** Whether the Entra token of an application does as well. */
  readonly entra?: true;
  run(call: Call): Response | Promise<Response>;
}

/** Checks its own credentials. */
export interface OpenOperation extends OperationBase {
  readonly access: 'open';
  run(call: Call): Response | Promise<Response>;
}

/** Needs a user's access token with one of the `scopes`: as bearer, or in `x-skypetoken` on the realtime paths. */
export interface UserOperation extends OperationBase {
  readonly access: 'bearer' | 'skypetoken';
  readonly scopes: readonly Scope[];
  run(call: UserCall): Response | Promise<Response>;
}

export type Operation = KeyOperation | OpenOperation | UserOperation;

/** Origin under which the client reached us, such as `http://127.0.0.1:8080`. */
export function originOf(call: Call): string {
  return `${call.url.protocol}//${hostOf(call)}`;
}

/**
 * The same with scheme https, whatever the transport: clients fetch such links only over https, and
 * those that reach us by http rewrite them.
 */
export function linkOriginOf(call: Call): string {
  return `https://${hostOf(call)}`;
}

function hostOf(call: Call): string {
  return call.request.headers.get('host') ?? call.url.host;
}
