import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ContactCenterServer, QueueOptions } from 'onescreen/server';
import type { Waiting } from '../waiting';
import { authenticate } from './contact-center';

/** Answers `/waiting.json`: who waits in the asking agent's queues, and why. Everything else goes on to `next`. */
export function withWaiting(
  server: Pick<ContactCenterServer, 'waiting'>,
  queues: readonly QueueOptions[],
  next: RequestListener,
): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/waiting.json') return next(request, response);
    const { authorization = '' } = request.headers;
    const agent = authenticate(new Request('http://localhost/', { headers: { authorization } }));
    if (agent === undefined) return void response.writeHead(401).end();
    const waiting: readonly Waiting[] = queues
      .filter(({ id }) => agent.queues.includes(id))
      .flatMap(({ id, name = id }) => server.waiting({ queueId: id }).map((one) => ({ ...one, queueName: name })));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(waiting));
  };
}
