import { getPath } from 'hono/utils/url';

/**
 * The path by which a request finds its operation. A client whose endpoint ends in a slash asks for
 * `//chat/...`, and some encode the colon of an action, as in `/%3Aadd`.
 */
export function routedPath(request: Request): string {
  return getPath(request)
    .replace(/^\/{2,}/, '/')
    .replace(/\/%3A(?=[a-z]+$)/i, '/:');
}
