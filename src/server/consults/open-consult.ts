import { ContactCenterError, type Cancel } from 'onescreen';
import type { Actor, ConsultRecord, LogFact } from '../../protocol/log-entry';
import { takenAway } from '../call-failure';
import type { ProviderRefs } from '../chat-host';
import type { Conversation } from '../conversation';
import type { LiveTask } from '../task-record';

/** A consult, transfer or conference that has not ended. */
export interface OpenConsult {
  record: ConsultRecord;
  readonly conversation: Conversation;
  /** The task of whoever has asked; of the next owner, once that one has gone. */
  task: LiveTask;
  /** The task of the agent who is asked. */
  asked?: LiveTask;
  /** The participant of whom the customer is not told for now. */
  concealed?: string;
  /** Names, at the host, of somebody outside who was added. */
  refs?: ProviderRefs;
  /** An action is under way: another one is refused. */
  acting: boolean;
  /** Set when it is being ended: what a ring that is aborted for it means. */
  ending?: string;
  /** Ends the wait for the host while somebody outside is given the customer. */
  readonly transferring?: AbortController;
  giveUp?: Cancel;
}

/** True while only some of the call hear each other, or that is about to be so. */
export function isPending({ status }: ConsultRecord): boolean {
  return status === 'ringing' || status === 'consulting' || status === 'swapped';
}

/** Whether the customer is on hold for it. */
export function holdsCustomer({ record: { purpose, status }, transferring }: OpenConsult): boolean {
  if (purpose === 'conference' || transferring !== undefined) return false;
  return status === 'ringing' || status === 'consulting';
}

export function consultFact({ record }: OpenConsult): LogFact {
  return { type: 'consult', consult: record };
}

/** Whether two sets of names are of the same person. */
export function isSamePerson(one: ProviderRefs | undefined, other: ProviderRefs): boolean {
  return one !== undefined && Object.entries(one).some(([key, name]) => other[key] === name);
}

export function say(consult: OpenConsult, change: Pick<ConsultRecord, 'status'> & Partial<ConsultRecord>): void {
  consult.record = { ...consult.record, ...change };
}

/** Takes down how it stands, after what led to that; only within the conversation's turn. */
export async function append(consult: OpenConsult, by: Actor, ...facts: readonly LogFact[]): Promise<void> {
  await consult.conversation.append(by, ...facts, consultFact(consult));
}

/** A ring for it that goes on is aborted, and means that it has been ended. */
export function stopRing(consult: OpenConsult, reason: string): void {
  if (consult.record.status !== 'ringing') return;
  consult.ending = reason;
  consult.asked?.acceptance?.ring.abort(takenAway());
}

export function wrongState(action: string, why: string): ContactCenterError {
  return new ContactCenterError('task/wrong-state', `unable to ${action}; ${why}`);
}

export function notAllowed(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`);
}

export function closed(action: string): ContactCenterError {
  return new ContactCenterError('channel/closed', `unable to ${action}; the channel is closed`);
}

export function gone(action: string): ContactCenterError {
  return new ContactCenterError('consult/gone', `unable to ${action}; the consult has ended`);
}
