import type { Clock } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import { notFound, unauthorized } from '../http/service-error';
import { endpointTtlSeconds, type Endpoints } from './endpoints';
import { RealtimeConnection, type RealtimeSocket } from './realtime-connection';

const path = /^\/socket\.io\/1\/websocket\/([^/]+)\/?$/;

/**
 * Attaches a websocket to the endpoint of its session. The session in the path and the signature in
 * the query stand for the token, which is not sent here. Throws 404 or 401.
 */
export function openConnection(
  url: string,
  socket: RealtimeSocket,
  { clock, endpoints, log }: { readonly clock: Clock; readonly endpoints: Endpoints; readonly log: ActivityLog },
): RealtimeConnection {
  const { pathname, searchParams } = new URL(url);
  const sid = path.exec(pathname)?.[1];
  if (sid === undefined) throw notFound('There is no websocket here.');
  const endpoint = endpoints.takeSession(sid);
  if (endpoint === undefined || endpoints.verify(endpoint.user, searchParams) !== endpoint.id)
    throw unauthorized('The session is not valid.');

  const older = endpoint.connection;
  const connection = new RealtimeConnection(socket, {
    endpoint: endpoint.id,
    user: endpoint.user,
    ttlSeconds: endpointTtlSeconds,
    clock,
    log,
    onClose: (closed) => {
      const current = endpoints.get(endpoint.id);
      if (current?.connection === closed) current.connection = older?.open === true ? older : undefined;
    },
  });
  // The newest socket gets the pushes; an older one may linger, as when a client moves over.
  endpoint.connection = connection;
  return connection;
}
