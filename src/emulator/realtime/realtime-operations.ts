import type { Emulation } from '../emulation';
import { originOf, type Operation, type UserCall } from '../http/operation';
import { badRequest, jsonResponse, notFound, unauthorized } from '../http/service-error';
import { isJsonObject, requireArray, requireObject, requireText } from '../http/validation';
import type { Scope } from '../identity/access-token';
import { endpointTtlSeconds, type Endpoints } from './endpoints';
import type { Registrar } from './registrar';

const scopes: readonly Scope[] = ['chat', 'chat.join', 'chat.join.limited'];

/** Longest registration that is granted, in seconds: as long as an endpoint lives. */
const maxRegistrationSeconds = endpointTtlSeconds;

/** Configuration, allocation, handshake and registrar: everything that realtime does over HTTP. */
export function realtimeOperations(
  emulation: Emulation,
  endpoints: Endpoints,
  registrar: Registrar,
): readonly Operation[] {
  return [
    {
      name: 'Realtime_GetConfiguration',
      method: 'GET',
      path: '/chat/config/realTimeNotifications',
      access: 'bearer',
      scopes,
      apiVersions: ['2024-09-01'],
      run: (call) => {
        const origin = originOf(call);
        return jsonResponse(200, { trouterServiceUrl: origin, registrarServiceUrl: origin, cloudType: 'Public' });
      },
    },
    {
      name: 'Realtime_Allocate',
      method: 'POST',
      path: '/v4/a',
      access: 'skypetoken',
      scopes,
      run: (call) => allocate(call, endpoints),
    },
    {
      name: 'Realtime_Handshake',
      method: 'GET',
      path: '/socket.io/1/',
      access: 'skypetoken',
      scopes,
      run: (call) => handshake(call, endpoints),
    },
    {
      name: 'Realtime_Register',
      method: 'POST',
      path: '/v3/registrations',
      access: 'skypetoken',
      scopes,
      run: (call) => register(call, emulation, endpoints, registrar),
    },
    {
      name: 'Realtime_Unregister',
      method: 'DELETE',
      path: '/v3/registrations/:registrationId',
      access: 'skypetoken',
      scopes,
      run: (call) => {
        if (!registrar.unregister(call.user.user, call.params.registrationId ?? ''))
          throw notFound('There is no such registration.');
        return new Response(null, { status: 202 });
      },
    },
  ];
}

function allocate(call: UserCall, endpoints: Endpoints): Response {
  const { endpoint, parameters } = endpoints.allocate(call.user.user, call.url.searchParams);
  const origin = originOf(call);
  const url = `${origin}/v4/f/${endpoint.id}/`;
  return jsonResponse(200, {
    socketio: `${origin}/`,
    surl: url,
    url,
    curlb: origin,
    ttl: String(endpointTtlSeconds),
    id: endpoint.id,
    ccid: call.url.searchParams.get('epid') ?? endpoint.id,
    connectparams: parameters,
  });
}

function handshake(call: UserCall, endpoints: Endpoints): Response {
  const id = endpoints.verify(call.user.user, call.url.searchParams);
  const endpoint = id === undefined ? undefined : endpoints.get(id);
  if (endpoint === undefined) throw unauthorized('The connect parameters are not valid.');
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return new Response(`${endpoints.openSession(endpoint)}:60:60:websocket`, { headers });
}

function register(call: UserCall, emulation: Emulation, endpoints: Endpoints, registrar: Registrar): Response {
  const body = requireObject(call.body, 'body');
  const id = requireText(body.registrationId, 'registrationId');
  if (id.length > 100) throw badRequest('registrationId is too long.', 'registrationId');
  const transports = requireArray(requireObject(body.transports, 'transports').TROUTER, 'transports.TROUTER');
  const transport = transports[0];
  if (!isJsonObject(transport)) throw badRequest('transports.TROUTER must have one entry.', 'transports.TROUTER');
  const { path, ttl } = transport;
  if (typeof path !== 'string' || typeof ttl !== 'number' || !(ttl > 0))
    throw badRequest('A transport needs path and ttl.', 'transports.TROUTER');

  const endpoint = endpoints.get(/\/v4\/f\/([^/]+)\/?$/.exec(path)?.[1] ?? '');
  if (endpoint === undefined || endpoint.user !== call.user.user)
    throw badRequest('The path is not an endpoint of this user.', 'transports.TROUTER.path');
  const seconds = Math.min(ttl, maxRegistrationSeconds);
  registrar.register({
    id,
    user: call.user.user,
    endpoint: endpoint.id,
    expiresAt: emulation.clock.now() + seconds * 1000,
  });
  return new Response(null, { status: 202 });
}
