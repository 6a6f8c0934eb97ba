import { createRoutingEngine } from 'onescreen/routing';
import { ownPaths } from './http-handler';
import { resolveOptions, type ServerOptions } from './options';

/**
 * Paths that a server of these options answers, with everything below them. Throws `command/invalid` or `routing/invalid`
 * for options that make no sense.
 */
export function serverPaths(options: ServerOptions): readonly string[] {
  const { calls, policies } = resolveOptions(options);
  createRoutingEngine({ queues: options.queues, rules: policies.rules });
  return [...ownPaths, ...calls.flatMap(({ webhooks }) => webhooks?.path ?? [])];
}
