import { Hono } from 'hono';
import { delay } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import type { Emulation } from '../emulation';
import type { RequestFaultRule, RequestFaults } from '../faults/request-faults';
import type { VerifyEntraToken } from '../identity/entra-token';
import { maxSignatureAgeMs, verifyHmac } from '../identity/hmac';
import { authenticate, claimedUser } from './authenticate';
import { addCors, preflight, type CorsMode } from './cors';
import { readExchange, type Exchange } from './exchange';
import type { Call, Operation } from './operation';
import { parseJson, readBody } from './request-body';
import { routedPath } from './routed-path';
import { DroppedConnection, notFound, ServiceError } from './service-error';
import type { UnknownRequests } from './unknown-requests';

export interface RouterOptions {
  readonly emulation: Emulation;
  readonly operations: readonly Operation[];
  readonly faults: RequestFaults;
  readonly log: ActivityLog;
  readonly unknown: UnknownRequests;
  readonly cors: CorsMode;
  /** Checks the Entra tokens of applications, where they do instead of a signature. */
  readonly verifyEntraToken: VerifyEntraToken;
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
  readonly onInternalError: (error: unknown) => void;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Finds the operation for each request and runs it: faults, admission, effect, headers, log. */
export function createRouter(options: RouterOptions): (request: Request) => Promise<Response> {
  const { emulation, operations, faults, log, unknown, cors } = options;
  const app = new Hono({ getPath: routedPath });
  for (const operation of operations) {
    app.on(operation.method, operation.path, (context) => serve(operation, context.req.raw, context.req.param()));
  }
  app.notFound((context) => serve(undefined, context.req.raw, {}));
  app.onError((error) => {
    throw error;
  });

  async function serve(
    operation: Operation | undefined,
    request: Request,
    params: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const url = new URL(request.url);
    const user = claimedUser(emulation, request);
    const path = operation === undefined ? unknown.shorten(url.pathname) : operation.path;
    const entry = {
      kind: 'request',
      method: request.method,
      path,
      ...(operation && { operation: operation.name }),
      ...(user !== undefined && { user }),
    } as const;
    const fault = faults.take({ operation: operation?.name, method: request.method, path: url.pathname, user });
    try {
      const response = await withFault(fault, () => answer(operation, request, url, params));
      response.headers.set('ms-cv', `${emulation.random.id().slice(0, 22)}.0`);
      addCors(response, cors);
      log.add({ ...entry, status: response.status });
      return response;
    } catch (error) {
      log.add({ ...entry, status: 'dropped' });
      throw error;
    }
  }

  async function withFault(fault: RequestFaultRule | undefined, run: () => Promise<Response>): Promise<Response> {
    if (fault === undefined) return run();
    const after = fault.when === 'after' ? await run() : undefined;
    if (fault.delayMs !== undefined) await delay(emulation.clock, fault.delayMs);
    if (fault.answer === 'drop') throw new DroppedConnection();
    if (fault.answer === undefined) return after ?? run();
    const { status, code, message, headers } = fault.answer;
    return new ServiceError(status, code ?? `Status${status}`, message ?? 'A fault answers instead of the service.', {
      headers: { ...headers },
    }).toResponse();
  }

  async function answer(
    operation: Operation | undefined,
    request: Request,
    url: URL,
    params: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const response = await answerOrRefuse(operation, request, url, params);
    if (options.onExchange !== undefined) options.onExchange(await readExchange(request, response));
    return response;
  }

  async function answerOrRefuse(
    operation: Operation | undefined,
    request: Request,
    url: URL,
    params: Readonly<Record<string, string>>,
  ): Promise<Response> {
    try {
      if (operation === undefined) throw refuseUnknown(request);
      return await admitAndRun(operation, request, url, params);
    } catch (error) {
      if (error instanceof ServiceError) return error.toResponse();
      options.onInternalError(error);
      return new ServiceError(
        500,
        'InternalServerError',
        'The emulator failed; this is a defect of the emulator.',
      ).toResponse();
    }
  }

  function refuseUnknown(request: Request): ServiceError {
    const path = routedPath(request);
    const allowed = methods.filter((method) => app.router.match(method, path)[0].length > 0);
    unknown.add(request.method, path);
    if (allowed.length === 0) return notFound(`The emulator does not know ${request.method} ${unknown.shorten(path)}.`);
    return new ServiceError(405, 'MethodNotAllowed', `The method ${request.method} is not allowed here.`, {
      headers: { allow: allowed.join(', ') },
    });
  }

  async function admitAndRun(
    operation: Operation,
    request: Request,
    url: URL,
    params: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const bytes = await readBody(request);
    if (
      operation.access === 'key' &&
      operation.entra === true &&
      /^bearer /i.test(request.headers.get('authorization') ?? '')
    ) {
      await admitApplication(request);
    } else if (operation.access === 'key') {
      // The tolerance grows with the clock's move: signers do not know that our time was moved.
      const tolerance = maxSignatureAgeMs + emulation.clock.offset;
      verifyHmac(
        { method: request.method, url, headers: request.headers, body: bytes },
        emulation.accessKey,
        emulation.clock.now(),
        tolerance,
      );
    }
    const read = (): Call => {
      requireApiVersion(operation, url);
      return { request, url, params, body: parseJson(bytes, request.headers.get('content-type')) };
    };
    if (operation.access === 'key' || operation.access === 'open') return operation.run(read());
    const user = authenticate(emulation, operation, request);
    return operation.run({ ...read(), user });
  }

  async function admitApplication(request: Request): Promise<void> {
    const token = (request.headers.get('authorization') ?? '').replace(/^bearer /i, '');
    const owner = await options.verifyEntraToken(token, 'entra');
    if ('status' in owner) throw new ServiceError(owner.status, owner.code, owner.message);
  }

  return async (request) => {
    if (request.method === 'OPTIONS') return preflight(request, cors);
    return app.fetch(request);
  };
}

function requireApiVersion({ apiVersions }: Operation, url: URL): void {
  if (apiVersions === undefined) return;
  const version = url.searchParams.get('api-version');
  if (version === null)
    throw new ServiceError(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.', {
      target: 'api-version',
    });
  if (!apiVersions.includes(version)) {
    throw new ServiceError(
      400,
      'UnsupportedApiVersionParameter',
      `The api-version must be one of ${apiVersions.join(', ')}.`,
      { target: 'api-version' },
    );
  }
}
