import { chatVersions } from '../http/api-versions';
import type { UserCall, UserOperation } from '../http/operation';

/** An operation of the chat service, by its OpenAPI id, open to tokens with one of the `scopes`. */
export function chatOperation(
  name: string,
  method: UserOperation['method'],
  path: string,
  scopes: UserOperation['scopes'],
  run: (call: UserCall) => Response,
): UserOperation {
  return { name, method, path, access: 'bearer', apiVersions: chatVersions, scopes, run };
}
