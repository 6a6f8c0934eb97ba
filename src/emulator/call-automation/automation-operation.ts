import { callAutomationVersions } from '../http/api-versions';
import type { Call, KeyOperation } from '../http/operation';
import { jsonResponse } from '../http/service-error';
import { asRefusal } from './refusals';
import type { Repeatability } from './repeatability';

/** Makes operations as Call Automation has them: signed or with an Entra token, repeatable, with its own error codes. */
export function automationOperations(repeatability: Repeatability) {
  return (
    name: string,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    run: (call: Call) => Response | Promise<Response>,
  ): KeyOperation => ({
    access: 'key',
    entra: true,
    apiVersions: callAutomationVersions,
    name,
    method,
    path,
    run: (call) =>
      repeatability.run(name, call.request, async () => {
        try {
          return await run(call);
        } catch (error) {
          throw asRefusal(error);
        }
      }),
  });
}

export type DeclareOperation = ReturnType<typeof automationOperations>;

/** Path of an action on a connection, such as `:play`. */
export const actionPath = (action: string) => `/calling/callConnections/:connection{[^/:]+\\:${action}}`;
/** Path of an action on the participants of a connection. */
export const participantsPath = (action: string) =>
  `/calling/callConnections/:connection/:action{participants\\:${action}}`;

/** The id in the path, without the action behind it. */
export const idIn = (call: Call, name: string) => (call.params[name] ?? '').replace(/:\w+$/, '');

/** An answer that names the chain of the call. */
export function answer(status: number, body: object | undefined, correlationId?: string): Response {
  const headers = correlationId === undefined ? {} : { 'x-microsoft-skype-chain-id': correlationId };
  return body === undefined ? new Response(null, { status, headers }) : jsonResponse(status, body, headers);
}
