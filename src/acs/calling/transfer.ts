import type { Transfer, TransferToParticipantLocator, TransferToVoicemailLocator } from '@azure/communication-calling';
import { ContactCenterError, type CallTarget, type Clock } from 'onescreen';
import { toIdentifier, toTeamsUser } from './identifiers';
import { toCallingError } from './calling-error';
import type { CallOperation } from './capability-table';

/** To whom the other side of a call is given. */
export type TransferTarget = CallTarget | { readonly voicemail: string };

/** Most that a transfer takes, in milliseconds. Source: azure-docs, communication-services/concepts/service-limits.md. */
const transferMs = 60_000;
/** How long after the call's own end word of its transfer may come, in milliseconds (chosen): the end may overtake it. */
const wordAfterEndMs = 2_000;

/** Which row of the table decides on a transfer. */
export function transferOperation(to: TransferTarget): CallOperation {
  if ('voicemail' in to) return 'transferToVoicemail';
  if ('teamsUser' in to) return 'transferToTeamsUser';
  return 'agent' in to ? 'transferToAgent' : 'transferToPhone';
}

/**
 * `to` as the calling package names it.
 * @throws ContactCenterError `command/invalid`
 */
export function toTransferTarget(to: TransferTarget): TransferToParticipantLocator | TransferToVoicemailLocator {
  if ('voicemail' in to) return { targetParticipantVoicemail: toTeamsUser(to.voicemail, 'to.voicemail') };
  return { targetParticipant: toIdentifier(to).id };
}

/**
 * Resolves once a transfer has been accepted; `ended` when the call itself has. Listens no longer than that.
 * @throws ContactCenterError as the service says, `command/timed-out`, `call/gone` when the call ended without it
 */
export function transferDone(transfer: Transfer, ended: Promise<void>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (transfer.state === 'Transferred') settle(resolve);
      else if (transfer.state === 'Failed') settle(() => reject(toCallingError(transfer.error, 'transfer call')));
    };
    let cancel = clock.schedule(transferMs, () =>
      settle(() =>
        reject(
          new ContactCenterError('command/timed-out', 'unable to transfer call; nobody accepted in time', {
            retryable: true,
          }),
        ),
      ),
    );
    let open = true;
    const settle = (finish: () => void) => {
      open = false;
      cancel();
      transfer.off('stateChanged', look);
      finish();
    };
    void ended.then(() => {
      if (!open) return;
      cancel();
      cancel = clock.schedule(wordAfterEndMs, () =>
        settle(() => reject(new ContactCenterError('call/gone', 'unable to transfer call; the call has ended'))),
      );
    });
    transfer.on('stateChanged', look);
    look();
  });
}
