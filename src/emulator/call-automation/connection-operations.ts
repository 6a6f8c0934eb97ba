import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import { originOf, type Call, type Operation } from '../http/operation';
import { readSkip } from '../http/paging';
import { optionalInteger, requireArray, requireObject, requireText } from '../http/validation';
import { participantModel, type AutomatedCall } from './automated-call';
import { actionPath, answer, participantsPath, type DeclareOperation } from './automation-operation';
import { readContext } from './call-context';
import { refuseCallerId } from './call-operations';
import { readOperation, type Connections } from './connections';
import { identifierModel, readIdentifier } from './identifier-model';
import { callGone, endOf, invalid, refusal, refusedLater } from './refusals';

/** Bounds of a ring, in seconds. Source: azure-docs, communication-services/how-tos/call-automation/actions-for-call-control.md. */
const invitationSeconds = { min: 1, max: 180 };

/** Participants on one page of a list (chosen). */
const pageSize = 50;

/** One connection and who is in its call. */
export function connectionOperations(declare: DeclareOperation, connections: Connections): readonly Operation[] {
  const path = '/calling/callConnections/:connection';
  return [
    declare('CallConnection_GetCall', 'GET', path, (call) => {
      const connection = connections.of(call);
      return answer(200, connection.model(), connection.call.correlationId);
    }),
    declare('CallConnection_HangupCall', 'DELETE', path, (call) => {
      const connection = connections.of(call);
      connection.hangUp(false);
      return answer(204, undefined, connection.call.correlationId);
    }),
    declare('CallConnection_TerminateCall', 'POST', actionPath('terminate'), (call) => {
      const connection = connections.of(call);
      connection.hangUp(true);
      return answer(204, undefined, connection.call.correlationId);
    }),
    declare('CallConnection_GetParticipants', 'GET', `${path}/participants`, (call) => {
      const connection = connections.of(call);
      const skip = readSkip(call);
      const all = connection.call.participants();
      const page = all.slice(skip, skip + pageSize);
      const next = skip + pageSize < all.length ? nextPage(call, skip + pageSize) : undefined;
      const body = { value: page.map(participantModel), ...(next !== undefined && { nextLink: next }) };
      return answer(200, body, connection.call.correlationId);
    }),
    declare('CallConnection_GetParticipant', 'GET', `${path}/participants/:participant`, (call) => {
      const connection = connections.of(call);
      const found = connection.call.participants().find(({ rawId }) => rawId === call.params.participant);
      if (found === undefined) throw refusal({ ...ends.callGone, message: 'Participant not found.' });
      return answer(200, participantModel(found), connection.call.correlationId);
    }),
    declare('CallConnection_AddParticipant', 'POST', participantsPath('add'), (call) =>
      addParticipant(connections.connected(call), call),
    ),
    declare('CallConnection_CancelAddParticipant', 'POST', participantsPath('cancelAddParticipant'), (call) =>
      cancelAdd(connections.of(call), call),
    ),
    declare('CallConnection_RemoveParticipant', 'POST', participantsPath('remove'), (call) => {
      const connection = connections.of(call);
      const body = requireObject(call.body, 'body');
      const { rawId } = readIdentifier(body.participantToRemove, 'participantToRemove');
      const operation = readOperation(body);
      const data = { participant: identifierModel(rawId) };
      if (connection.call.participants().some((one) => one.rawId === rawId)) {
        connection.call.remove(rawId);
        // Still told before the connection goes with the last participant: what the call tells comes on a later turn.
        connection.send({ type: 'RemoveParticipantSucceeded', data }, operation);
      } else {
        const result = { ...ends.callGone, message: 'Participant not found.' };
        connection.send({ type: 'RemoveParticipantFailed', data, result }, operation);
      }
      return answer(202, contextOf(operation), connection.call.correlationId);
    }),
    declare('CallConnection_MoveParticipants', 'POST', participantsPath('moveHere'), (call) =>
      moveHere(connections.connected(call), call, connections),
    ),
    declare('CallConnection_TransferToParticipant', 'POST', actionPath('transferToParticipant'), (call) =>
      transfer(connections.connected(call), call),
    ),
    declare('CallConnection_Mute', 'POST', participantsPath('mute'), (call) => {
      const connection = connections.connected(call);
      const body = requireObject(call.body, 'body');
      const [target] = requireArray(body.targetParticipants, 'targetParticipants');
      connection.call.mute(readIdentifier(target, 'targetParticipants[0]').rawId);
      return answer(200, contextOf(readOperation(body)), connection.call.correlationId);
    }),
  ];
}

/** Unlike a chat client, a server's follows the link as it is. */
function nextPage(call: Call, skip: number): string {
  const version = call.url.searchParams.get('api-version') ?? '';
  return `${originOf(call)}${call.url.pathname.replace(/^\/+/, '/')}?skip=${skip}&api-version=${version}`;
}

function addParticipant(connection: AutomatedCall, call: Call): Response {
  const body = requireObject(call.body, 'body');
  const { rawId, persona } = readIdentifier(body.participantToAdd, 'participantToAdd');
  if (connection.origin.teams) refuseCallerId(body);
  const operation = readOperation(body);
  const seconds = optionalInteger(body.invitationTimeoutInSeconds, 'invitationTimeoutInSeconds', invitationSeconds);
  const context = readContext(body.customCallingContext, 'customCallingContext');
  const data = { participant: identifierModel(rawId) };
  const failed = (result: ReturnType<typeof endOf>) =>
    connection.send({ type: 'AddParticipantFailed', data, ...(result !== undefined && { result }) }, operation);
  let invitationId: string | undefined;
  const refused = refusedLater(() => {
    const invitation = connection.call.add({
      target: rawId,
      ...(context !== undefined && { context }),
      ...(seconds !== undefined && { timeoutMs: seconds * 1000 }),
      ...(persona !== undefined && { persona }),
    });
    invitationId = invitation.id;
    connection.invitations.set(invitation.id, invitation);
    const settle = () => connection.invitations.delete(invitation.id);
    invitation.answered.then(
      () => settle() && connection.send({ type: 'AddParticipantSucceeded', data }, operation),
      // One that was taken back has been told of already.
      (error: unknown) => settle() && failed(endOf(error)),
    );
  });
  if (refused !== undefined) failed(refused);
  const model = {
    participant: participantModel({ rawId, muted: false, onHold: false }),
    ...contextOf(operation),
    ...(invitationId !== undefined && { invitationId }),
  };
  return answer(202, model, connection.call.correlationId);
}

function cancelAdd(connection: AutomatedCall, call: Call): Response {
  const body = requireObject(call.body, 'body');
  const invitationId = requireText(body.invitationId, 'invitationId');
  const operation = readOperation(body);
  const invitation = connection.invitations.get(invitationId);
  connection.invitations.delete(invitationId);
  const cancelled = invitation?.cancel() === true;
  const result = cancelled
    ? ends.inviteCancelled
    : { ...ends.wrongState, message: 'The invitation has been answered or has failed already.' };
  const type = cancelled ? 'CancelAddParticipantSucceeded' : 'CancelAddParticipantFailed';
  connection.send({ type, data: { invitationId }, result }, operation);
  return answer(202, { invitationId, ...contextOf(operation) }, connection.call.correlationId);
}

function transfer(connection: AutomatedCall, call: Call): Response {
  const body = requireObject(call.body, 'body');
  const { rawId: target, persona } = readIdentifier(body.targetParticipant, 'targetParticipant');
  const transferee =
    body.transferee === undefined || body.transferee === null
      ? undefined
      : readIdentifier(body.transferee, 'transferee').rawId;
  if (connection.origin.teams) refuseCallerId(body);
  const operation = readOperation(body);
  const context = readContext(body.customCallingContext, 'customCallingContext');
  const failed = (result: EndFrame = ends.wrongState) =>
    connection.send({ type: 'CallTransferFailed', result }, operation);
  const refused = refusedLater(() => {
    const { done, transferee: given } = connection.call.transfer({
      target,
      ...(transferee !== undefined && { transferee }),
      ...(context !== undefined && { context }),
      ...(persona !== undefined && { persona }),
    });
    const data = { transferTarget: identifierModel(target), transferee: identifierModel(given) };
    done.then(
      () => connection.send({ type: 'CallTransferAccepted', data }, operation),
      (error: unknown) => failed(endOf(error)),
    );
  });
  if (refused !== undefined) failed(refused);
  return answer(202, contextOf(operation), connection.call.correlationId);
}

function moveHere(connection: AutomatedCall, call: Call, connections: Connections): Response {
  const body = requireObject(call.body, 'body');
  const fromCall = requireText(body.fromCall, 'fromCall');
  const rawIds = requireArray(body.targetParticipants, 'targetParticipants').map(
    (one, index) => readIdentifier(one, `targetParticipants[${index}]`).rawId,
  );
  if (rawIds.length === 0) throw invalid('targetParticipants must name somebody.', 'targetParticipants');
  const operation = readOperation(body);
  const from = connections.find(fromCall);
  if (from === undefined) throw callGone();
  for (const rawId of rawIds) {
    const data = { participant: identifierModel(rawId), fromCall };
    try {
      connection.call.moveHere([rawId], from.call);
      connection.send({ type: 'MoveParticipantSucceeded', data }, operation);
    } catch (error) {
      const result = endOf(error);
      if (result === undefined) throw error;
      connection.send({ type: 'MoveParticipantFailed', data, result }, operation);
    }
  }
  const participants = rawIds.map((rawId) => participantModel({ rawId, muted: false, onHold: false }));
  return answer(202, { participants, ...contextOf(operation), fromCall }, connection.call.correlationId);
}

export function contextOf({ operationContext }: { readonly operationContext?: string | undefined }) {
  return operationContext === undefined ? {} : { operationContext };
}
