import type { ServerCall } from '../calls/server-call';
import type { Call } from '../http/operation';
import { optionalString, type JsonObject } from '../http/validation';
import { AutomatedCall, type ConnectionOrigin, type Operation } from './automated-call';
import { idIn } from './automation-operation';
import type { CallbackEvents } from './callback-events';
import { optionalCallbackUrl } from './loopback-url';
import { callGone, wrongState } from './refusals';

/** The connections that servers have over HTTP, as long as their calls go on. */
export class Connections {
  readonly #events: CallbackEvents;
  readonly #connections = new Map<string, AutomatedCall>();

  constructor(events: CallbackEvents) {
    this.#events = events;
  }

  add(call: ServerCall, origin: ConnectionOrigin): AutomatedCall {
    const connection = new AutomatedCall(call, origin, this.#events);
    this.#connections.set(call.id, connection);
    connection.observers.add({ ended: () => this.#connections.delete(call.id) });
    return connection;
  }

  find(id: string): AutomatedCall | undefined {
    const connection = this.#connections.get(id);
    return connection?.call.end === undefined ? connection : undefined;
  }

  /** The one with this call; there may be several. */
  ofServerCall(serverCallId: string): AutomatedCall | undefined {
    return [...this.#connections.values()].find(({ call }) => call.serverCallId === serverCallId);
  }

  /** The connection that a request's path names. Throws 404/8522. */
  of(call: Call): AutomatedCall {
    const connection = this.find(idIn(call, 'connection'));
    if (connection === undefined) throw callGone();
    return connection;
  }

  /** The same; throws 400/8501 as long as it is not connected. */
  connected(call: Call): AutomatedCall {
    const connection = this.of(call);
    if (connection.state !== 'connected') throw wrongState('The call is not connected yet.');
    return connection;
  }
}

/** What a request says about the events that it will cause. */
export function readOperation(body: JsonObject): Operation {
  return {
    operationContext: optionalString(body.operationContext, 'operationContext'),
    callbackUri: optionalCallbackUrl(body.operationCallbackUri, 'operationCallbackUri'),
  };
}
