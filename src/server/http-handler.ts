import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { routePath } from 'hono/route';
import { ContactCenterError, toContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { Callbacks } from './callbacks';
import { customerTokenBody, parse, startBody, tokenBody, waitQuery } from './command-schemas';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import { customerToken } from './customer-door';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from './options';
import { estimateWait } from './queue-figures';
import { audienceOf, type SignIn } from './sign-in';
import type { StartKeys } from './start-keys';
import { TokenBucket } from './token-bucket';
import type { Work } from './work';

interface HttpParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly signIn: SignIn;
  readonly conversations: Conversations;
  readonly work: Work;
  readonly callbacks: Callbacks;
  readonly starts: StartKeys;
  /** Throws `session/closed` once the server is. */
  readonly requireRunning: (action: string) => void;
}

/** Paths that are answered here, whatever hosts add. */
export const ownPaths: readonly string[] = ['/conversations', '/tokens', '/health'];

/** Largest body taken, in bytes. */
const maxBody = 65_536;

const statusOf: Readonly<Record<string, 400 | 401 | 403 | 404 | 409 | 413 | 503>> = {
  'channel/closed': 409,
  'channel/unavailable': 503,
  'command/conflict': 409,
  'command/invalid': 400,
  'command/not-allowed': 403,
  'conversation/not-found': 404,
  'message/too-large': 413,
  'routing/invalid': 400,
  'session/closed': 503,
  'session/unauthorized': 401,
  'session/unavailable': 503,
  'token/unavailable': 404,
};

/** The HTTP side of the server, as a Fetch handler that mounts anywhere. */
export function createHttpHandler({
  options,
  engine,
  signIn,
  conversations,
  work,
  callbacks,
  starts,
  requireRunning,
}: HttpParts): (request: Request) => Promise<Response> {
  const { logger, allowedOrigins, hooks, calls, resume } = options;
  const app = new Hono();
  const estimates = new TokenBucket(options.limits.estimates, options.clock);

  // Services that post here sign in at the host itself, need no page's permission, and have larger bodies.
  for (const { webhooks } of calls) {
    if (webhooks === undefined) continue;
    app.all(`${webhooks.path}/*`, async (context) => {
      requireRunning('answer request');
      return webhooks.handle(context.req.raw);
    });
  }
  if (allowedOrigins.length > 0) {
    const origin = allowedOrigins.includes('*') ? '*' : [...allowedOrigins];
    app.use(cors({ origin, allowHeaders: ['authorization', 'content-type', 'idempotency-key'] }));
  }
  app.use(async (_, next) => {
    requireRunning('answer request');
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBody,
      onError: () => {
        throw new ContactCenterError('message/too-large', `unable to read request; it has more than ${maxBody} bytes`);
      },
    }),
  );
  app.onError((error, context) => {
    const known = toContactCenterError(error, 'command/failed', 'unable to answer request; the server failed');
    if (known !== error) logger.error('request-failed', { path: routePath(context), ...errorFields(error) });
    const status = known.code === 'command/rate-limited' ? 429 : known.retryable ? 503 : (statusOf[known.code] ?? 500);
    if (known.retryAfterMs !== undefined) context.header('retry-after', `${Math.ceil(known.retryAfterMs / 1_000)}`);
    return context.json({ error: known.toJSON() }, status);
  });
  app.notFound((context) =>
    context.json(
      { error: new ContactCenterError('command/invalid', 'unable to answer request; there is no such path').toJSON() },
      404,
    ),
  );

  app.get('/health', (context) => context.json({ status: 'ok' }));

  app.post('/conversations', async (context) => {
    const body = parse(startBody, await jsonOf(context.req), 'start conversation', 'body');
    const { customer, context: labels = {}, queueId, provider, channel } = body;
    const start = (known?: Parameters<StartKeys['recall']>[0]) =>
      conversations.start({
        ...(known !== undefined && { known }),
        customer,
        context: labels,
        ...(queueId !== undefined && { queueId }),
        ...(provider !== undefined && { provider }),
        ...(channel !== undefined && { channel }),
      });
    const conversation = await starts.once(context.req.header('idempotency-key'), JSON.stringify(body), start);
    return context.json(await startedBody(conversation), 201);
  });

  app.get('/conversations/wait', (context) => {
    const action = 'unable to estimate wait';
    if (!options.waitEstimates)
      throw new ContactCenterError('command/not-allowed', `${action}; the server's option waitEstimates is off`);
    const retryAfterMs = estimates.take();
    if (retryAfterMs > 0)
      throw new ContactCenterError('command/rate-limited', `${action}; too many ask`, {
        retryable: true,
        retryAfterMs,
      });
    context.header('cache-control', 'no-store');
    return context.json(
      estimateWait({ options, engine }, parse(waitQuery, context.req.query(), 'estimate wait', 'query')),
    );
  });

  app.post('/conversations/:id/tokens', async (context) => {
    const conversation = await resumed(context.req.param('id'), context.req.header('authorization'));
    const body = parse(customerTokenBody, await jsonOf(context.req, {}), 'get token', 'body');
    const { token, expiresOn, kind } = await customerToken(conversation, body.audience ?? 'chat', hooks);
    return context.json({ token, expiresOn, kind });
  });

  app.post('/conversations/:id/end', async (context) => {
    const conversation = await resumed(context.req.param('id'), context.req.header('authorization'));
    await callbacks.withdraw(conversation);
    await work.customerLeft(conversation, 'customer-left');
    return context.json({});
  });

  app.post('/tokens', async (context) => {
    const { audience } = parse(tokenBody, await jsonOf(context.req), 'get token', 'body');
    const { token, expiresOn, kind } = await signIn.token(context.req.raw, audience);
    return context.json({ token, expiresOn, kind });
  });

  const resumed = async (id: string, authorization: string | undefined): Promise<Conversation> => {
    const conversation = await conversations.resume(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]);
    if (conversation.id === id) return conversation;
    throw new ContactCenterError('conversation/not-found', 'unable to use conversation; there is none of this id here');
  };

  const startedBody = async (conversation: Conversation) => {
    const { channel, customer, id } = conversation;
    if (channel === undefined) {
      throw new ContactCenterError('channel/closed', 'unable to start conversation; it has ended already');
    }
    const { channelId, channel: type, host, providerRefs } = channel;
    // The page can ask for it again; what has been started is not lost over it.
    const token = await customerToken(conversation, audienceOf(host), hooks).catch(() => undefined);
    return {
      conversationId: id,
      resumeToken: resume.issue(id),
      channel: { channelId, channel: type, provider: host.name, providerRefs },
      self: customer.id,
      ...(token !== undefined && { token: { token: token.token, expiresOn: token.expiresOn } }),
    };
  };

  return async (request) => app.fetch(request);
}

/** The body; `empty` stands for none, where there need not be one. */
async function jsonOf(request: { text(): Promise<string> }, empty?: unknown): Promise<unknown> {
  try {
    const text = await request.text();
    return text === '' && empty !== undefined ? empty : JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new ContactCenterError('command/invalid', 'unable to read request; its body is not JSON', {
        field: 'body',
        cause,
      });
    }
    throw cause;
  }
}
