import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ContactCenterServer, QueueOptions } from 'onescreen/server';
import type { Waiting } from '../waiting';
import { authenticate } from './contact-center';

/** Who waits in the queues of the agent who asks, and why; undefined for somebody who is no agent. */
export function waitingFor(
  server: Pick<ContactCenterServer, 'waiting'>,
  queues: readonly QueueOptions[],
  authorization: string,
): readonly Waiting[] | undefined {
  const agent = authenticate(new Request('http://localhost/', { headers: { authorization } }));
  if (agent === undefined) return undefined;
  return queues
    .filter(({ id }) => agent.queues.includes(id))
    .flatMap(({ id, name = id }) => server.waiting({ queueId: id }).map((one) => ({ ...one, queueName: name })));
}

/** Answers `/waiting.json`: who waits in the asking agent's queues, and why. Everything else goes on to `next`. */
export function withWaiting(
  server: Pick<ContactCenterServer, 'waiting'>,
  queues: readonly QueueOptions[],
  next: RequestListener,
): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/waiting.json') return next(request, response);
    const waiting = waitingFor(server, queues, request.headers.authorization ?? '');
    if (waiting === undefined) return void response.writeHead(401).end();
    response.setHeader('content-type', 'application/json').end(JSON.stringify(waiting));
  };
}
