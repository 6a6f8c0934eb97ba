import { ContactCenterError, isContactCenterError } from 'onescreen';
import type { ControlledParticipant, Invitation, InviteRequest } from '../call-control';
import { callFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { commandMs, ringSlackMs, setUpMs } from './time-limits';

const action = 'ring';

/** Rings somebody for a call. Resolves once the service has taken it. */
export async function invite(
  { api, random, roster, reading, commands, id }: CallParts,
  { target, context = {}, timeoutMs = setUpMs }: InviteRequest,
): Promise<Invitation> {
  commands.require(action);
  const name = random.id();
  const wasIn = roster.has(target);
  let invitationId: string | undefined;
  let open = true;
  // 404 is also said of a callee of whom the service knows nothing: only a call that is over ends for the caller.
  const judged = async (failure: ContactCenterError): Promise<ContactCenterError> => {
    if (failure.code !== 'call/gone') return failure;
    await reading.now().catch(() => {});
    return commands.isOver ? failure : unknownCallee(failure);
  };
  const operation = commands.operations.expect<ControlledParticipant>(name, {
    action,
    timeoutMs: timeoutMs + ringSlackMs,
    event: ({ type, result }) => {
      if (type === 'AddParticipantFailed') {
        const failure = callFailure(action, result);
        if (failure.code !== 'call/gone') throw failure;
        void judged(failure).then((error) => operation.fail(error));
      }
      if (type !== 'AddParticipantSucceeded') return undefined;
      roster.entered(target);
      return roster.find(target);
    },
    seen: () => (wasIn ? undefined : roster.find(target)),
    late: async () => {
      await reading.now().catch(() => {});
      const found = roster.find(target);
      if (found !== undefined) return found;
      if (invitationId !== undefined) api.cancelAdd(id(), invitationId, random.id()).catch(() => {});
      throw callFailure(action, { code: 487, subCode: 10004 });
    },
  });
  const closed = () => void (open = false);
  operation.result.then(closed, closed);
  try {
    const timeoutSeconds = Math.max(1, Math.ceil(timeoutMs / 1_000));
    ({ invitationId } = await api.add(id(), { target, headers: context, timeoutSeconds, context: name }));
  } catch (error) {
    const failure = await judged(commands.failed(action, error));
    operation.fail(failure);
    throw failure;
  }
  const cancel = async () => {
    if (!open || invitationId === undefined) return false;
    const invitation = invitationId;
    const withdrawn = commands.run<boolean>('withdraw invitation', (own) => api.cancelAdd(id(), invitation, own), {
      timeoutMs: commandMs,
      event: ({ type }) =>
        type === 'CancelAddParticipantSucceeded' ? true : type === 'CancelAddParticipantFailed' ? false : undefined,
      late: async () => {
        await reading.now();
        return !roster.has(target);
      },
    });
    const outcome = operation.result.then(
      () => false,
      (error: unknown) => isContactCenterError(error, 'command/aborted'),
    );
    const done = await Promise.race([withdrawn, outcome]).catch(() => false);
    if (done) operation.fail(callFailure(action, { code: 487, subCode: 5234 }));
    return done;
  };
  return { callIds: [], answered: operation.result, cancel };
}

function unknownCallee({ provider }: ContactCenterError): ContactCenterError {
  return new ContactCenterError('call/unreachable', `unable to ${action}; the service does not find the callee`, {
    retryable: true,
    ...(provider !== undefined && { provider }),
  });
}
