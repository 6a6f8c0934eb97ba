import type { Emulation } from '../emulation';
import type { CallServers } from '../calls/call-servers';
import type { Operation } from '../http/operation';
import { optionalString, requireArray, requireObject, requireText, type JsonObject } from '../http/validation';
import { answer, type DeclareOperation } from './automation-operation';
import type { Connections } from './connections';
import { readIdentifier } from './identifier-model';
import type { IncomingCalls } from './incoming-calls';
import { readCallbackUrl } from './loopback-url';
import { invalid, notEmulated } from './refusals';

export interface CallOperationParts {
  readonly emulation: Emulation;
  readonly servers: CallServers;
  readonly connections: Connections;
  readonly incoming: IncomingCalls;
}

/** Making calls, and what can be done with those that come in. */
export function callOperations(declare: DeclareOperation, parts: CallOperationParts): readonly Operation[] {
  const { emulation, servers, connections, incoming } = parts;
  return [
    declare('CreateCall', 'POST', '/calling/callConnections', (call) => {
      const body = requireObject(call.body, 'body');
      const targets = requireArray(body.targets, 'targets').map((one, index) =>
        readIdentifier(one, `targets[${index}]`),
      );
      const callbackUri = readCallbackUrl(body.callbackUri, 'callbackUri');
      const app = readTeamsApp(body);
      refuseStreams(body);
      if (targets.length === 0) throw invalid('targets must name somebody.', 'targets');
      if (app !== undefined) refuseCallerId(body);
      const account = app ?? `28:acs:${emulation.resourceId}`;
      const persona = targets.some((target) => target.persona === 'tpeAgent') ? ('tpeAgent' as const) : undefined;
      const created = servers.create({
        account,
        targets: targets.map(({ rawId }) => rawId),
        ...(persona !== undefined && { persona }),
      });
      const connection = connections.add(created, {
        how: 'created',
        source: app ?? readSource(body) ?? account,
        targets: targets.map(({ rawId }) => rawId),
        sourceDisplayName: optionalString(body.sourceDisplayName, 'sourceDisplayName'),
        teams: app !== undefined,
        callbackUri,
        operationContext: optionalString(body.operationContext, 'operationContext'),
      });
      return answer(201, connection.model(), created.correlationId);
    }),
    declare('AnswerCall', 'POST', '/calling/:action{callConnections\\:answer}', (call) => {
      const body = requireObject(call.body, 'body');
      const callbackUri = readCallbackUrl(body.callbackUri, 'callbackUri');
      const operationContext = optionalString(body.operationContext, 'operationContext');
      refuseStreams(body);
      const ringing = incoming.take(readIncoming(body));
      const answered = ringing.answer();
      const connection = connections.add(answered, {
        how: 'answered',
        source: ringing.from.rawId,
        targets: [ringing.to],
        sourceDisplayName: ringing.from.displayName,
        answeredFor: servers.numberOf(ringing.to),
        answeredBy: readUser(body.answeredBy, 'answeredBy'),
        teams: true,
        callbackUri,
        operationContext,
      });
      return answer(200, connection.model(), answered.correlationId);
    }),
    declare('RejectCall', 'POST', '/calling/:action{callConnections\\:reject}', (call) => {
      const body = requireObject(call.body, 'body');
      const reason = readReason(body.callRejectReason);
      incoming.take(readIncoming(body)).reject(reason);
      return answer(204, undefined);
    }),
    declare('RedirectCall', 'POST', '/calling/:action{callConnections\\:redirect}', (call) => {
      const body = requireObject(call.body, 'body');
      const { rawId } = readIdentifier(body.target, 'target');
      incoming.take(readIncoming(body)).redirect(rawId);
      return answer(204, undefined);
    }),
    declare('Connect', 'POST', '/calling/:action{callConnections\\:connect}', (call) => {
      const body = requireObject(call.body, 'body');
      const callbackUri = readCallbackUrl(body.callbackUri, 'callbackUri');
      const { serverCallId } = requireObject(body.callLocator, 'callLocator');
      if (serverCallId === undefined) throw notEmulated('connections with group calls and rooms');
      refuseStreams(body);
      const account = `28:acs:${emulation.resourceId}`;
      const connected = servers.connect(account, requireText(serverCallId, 'callLocator.serverCallId'));
      const connection = connections.add(connected, {
        how: 'connected',
        source: account,
        targets: [],
        teams: true,
        callbackUri,
        operationContext: optionalString(body.operationContext, 'operationContext'),
      });
      return answer(200, connection.model(), connected.correlationId);
    }),
  ];
}

function readReason(value: unknown): 'none' | 'busy' | 'forbidden' {
  if (value === undefined || value === null) return 'none';
  if (value === 'none' || value === 'busy' || value === 'forbidden') return value;
  throw invalid('callRejectReason must be none, busy or forbidden.', 'callRejectReason');
}

function readIncoming(body: JsonObject): string {
  return requireText(body.incomingCallContext, 'incomingCallContext');
}

/** Source: azure-docs, quickstarts/tpe/teams-phone-extensibility-troubleshooting. */
export function refuseCallerId(body: JsonObject): void {
  for (const field of ['sourceCallerIdNumber', 'sourceDisplayName']) {
    if (body[field] !== undefined && body[field] !== null)
      throw invalid(`${field} must not be given in a call of a resource account.`, field);
  }
}

function refuseStreams(body: JsonObject): void {
  for (const field of ['mediaStreamingOptions', 'transcriptionOptions']) {
    if (body[field] !== undefined && body[field] !== null) throw notEmulated(`what ${field} asks for`);
  }
}

function readTeamsApp(body: JsonObject): string | undefined {
  const { teamsAppSource } = body;
  if (teamsAppSource === undefined || teamsAppSource === null) return undefined;
  return `28:orgid:${requireText(requireObject(teamsAppSource, 'teamsAppSource').appId, 'teamsAppSource.appId')}`;
}

/** The number that calls, or the user that the server says it is. */
function readSource({ source, sourceCallerIdNumber }: JsonObject): string | undefined {
  if (sourceCallerIdNumber === undefined || sourceCallerIdNumber === null) return readUser(source, 'source');
  const { value } = requireObject(sourceCallerIdNumber, 'sourceCallerIdNumber');
  return `4:${requireText(value, 'sourceCallerIdNumber.value')}`;
}

function readUser(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  return requireText(requireObject(value, field).id, `${field}.id`);
}
