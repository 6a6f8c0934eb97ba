import { Hono } from 'hono';
import type { EmulatorCore } from '../create-emulator';
import { parseJson, readBody } from '../http/request-body';
import { badRequest, jsonResponse, notFound, ServiceError } from '../http/service-error';
import { requireObject, requireText, type JsonObject } from '../http/validation';
import { isScope } from '../identity/access-token';
import { serveAutomationControl } from '../call-automation/automation-control';
import { serveCallControl } from '../calls/call-control';
import { serveMeetingControl } from '../meetings/meeting-control';
import { readOutage, readPushRule, readRequestRule, readSelection, readSocketDrop } from './read-rules';

/**
 * The control surface over HTTP: faults, clock, tokens, state and log as JSON. It has no
 * authentication; the listener binds it to loopback only.
 */
export function createControl(core: Omit<EmulatorCore, 'control'>): (request: Request) => Promise<Response> {
  const { faults } = core;
  const app = new Hono();
  const post = (path: string, run: (body: JsonObject) => unknown) =>
    app.post(path, async (context) => {
      const body = parseJson(await readBody(context.req.raw), 'application/json');
      return jsonResponse(200, (await run(body === undefined ? {} : requireObject(body, 'body'))) ?? {});
    });

  app.get('/', () =>
    jsonResponse(200, {
      get: ['/state', '/log', '/unknown', '/faults', '/calls', '/meetings', '/teams-users', '/event-grid'],
      post: [
        '/faults/requests',
        '/faults/pushes',
        '/faults/call-events',
        '/faults/clear',
        '/allocation/refuse',
        '/registrar/stop',
      ],
      sockets: ['/sockets/drop', '/sockets/freeze', '/sockets/thaw', '/sockets/send'],
      calls: [
        '/calls/drop',
        '/calls/media',
        '/calls/fail-adds',
        '/calls/delay-rings',
        '/calls/lose-rings',
        '/calls/lose-contexts',
      ],
      eventGrid: ['/event-grid/subscribe', '/event-grid/unsubscribe'],
      meetings: [
        ...['/meetings/create', '/meetings/end', '/meetings/admit', '/meetings/deny', '/meetings/role'],
        ...['/meetings/record', '/meetings/caption', '/meetings/script', '/meetings/join-as', '/meetings/leave-as'],
        ...['/meetings/say', '/meetings/fail-joins', '/meetings/delay-admissions', '/teams-users/add'],
      ],
      phones: ['/phones/set', '/phones/call', '/phones/hang-up'],
      other: ['/tokens/expire', '/tokens/issue', '/users', '/clock/move'],
    }),
  );
  app.get('/state', () => jsonResponse(200, core.snapshot()));
  app.get('/log', () => jsonResponse(200, { value: core.log() }));
  app.get('/unknown', () => jsonResponse(200, { value: core.unknownRequests() }));
  app.get('/faults', () =>
    jsonResponse(200, {
      requests: faults.requests.rules(),
      pushes: faults.pushes.rules(),
      callEvents: faults.callEvents.rules(),
    }),
  );

  post('/faults/requests', (body) => ({ id: faults.requests.add(readRequestRule(body)) }));
  app.delete('/faults/requests/:id', (context) => {
    if (!faults.requests.remove(Number(context.req.param('id')))) throw notFound('There is no such rule.');
    return jsonResponse(200, {});
  });
  post('/faults/pushes', (body) => faults.pushes.add(readPushRule(body)));
  post('/faults/clear', () => faults.clear());
  post('/allocation/refuse', (body) => ({ id: faults.refuseAllocation(readOutage(body)) }));
  post('/registrar/stop', (body) => ({ id: faults.stopRegistrar(readOutage(body)) }));

  post('/sockets/drop', (body) => ({ sockets: faults.dropSockets(readSelection(body), readSocketDrop(body.how)) }));
  post('/sockets/freeze', (body) => ({ sockets: faults.freezeSockets(readSelection(body)) }));
  post('/sockets/thaw', (body) => ({ sockets: faults.thawSockets(readSelection(body)) }));
  post('/sockets/send', (body) => ({
    sockets: faults.sendFrame(requireText(body.frame, 'frame'), readSelection(body)),
  }));

  post('/users', () => ({ id: core.createUser() }));
  post('/tokens/expire', (body) => faults.expireTokens(readSelection(body).user));
  post('/tokens/issue', (body) => {
    const scopes = Array.isArray(body.scopes) ? body.scopes.filter(isScope) : undefined;
    const lifeMs = typeof body.lifeMs === 'number' ? body.lifeMs : undefined;
    const kind = body.kind === 'tpeAgent' ? body.kind : undefined;
    return core.issueToken(requireText(body.user, 'user'), {
      ...(scopes && { scopes }),
      ...(kind && { kind }),
      ...(lifeMs !== undefined && { lifeMs }),
    });
  });
  post('/clock/move', ({ ms }) => {
    if (typeof ms !== 'number' || !(ms >= 0) || ms > 1e12) throw badRequest('ms must be a number of at least 0.', 'ms');
    faults.moveClock(ms);
    return { now: core.snapshot().now };
  });

  app.get('/calls', () => jsonResponse(200, { value: core.calls.list() }));
  serveCallControl(core, post);
  serveMeetingControl(core, app, post);
  app.get('/event-grid', () => jsonResponse(200, { value: core.eventGrid.list() }));
  serveAutomationControl(core, post);

  app.notFound((context) =>
    notFound(`The control surface does not know ${context.req.method} ${context.req.path}.`).toResponse(),
  );
  app.onError((error) => {
    if (error instanceof ServiceError) return error.toResponse();
    return new ServiceError(500, 'InternalServerError', error.message).toResponse();
  });
  return async (request) => app.fetch(request);
}
