import type { CallParticipant, ErrorShape, ExpectedCall, PhoneState, Preflight } from 'onescreen';
import { allText, isPhoneCommand, isRecord, type PhoneCommand } from './phone-command';

/** Counts up when the messages change. Tabs of another version than this one are not listened to. */
const version = 3;

/** What the phones of one agent's tabs tell each other. A `term` is one tab's time as holder of the media. */
export type TabMessage = { readonly phone: typeof version } & TabMessageBody;

export type TabMessageBody =
  /** Who holds the media? It answers with its state. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'state'; readonly term: string; readonly state: PhoneState }
  /** Who else is in the call of a channel. */
  | {
      readonly kind: 'people';
      readonly term: string;
      readonly channelId: string;
      readonly people: readonly CallParticipant[];
    }
  /** The same, told by what has changed since it was told last. */
  | {
      readonly kind: 'people-changed';
      readonly term: string;
      readonly channelId: string;
      readonly changed: readonly CallParticipant[];
      readonly gone: readonly string[];
    }
  /** The term is over; the endpoint is being closed. No other may be opened before `closed`. */
  | { readonly kind: 'closing'; readonly term: string }
  | { readonly kind: 'closed'; readonly term: string }
  | { readonly kind: 'command'; readonly id: string; readonly command: PhoneCommand }
  /** The command is being carried out in this term: it must not be given to another. */
  | { readonly kind: 'taken'; readonly term: string; readonly id: string }
  | { readonly kind: 'done'; readonly id: string; readonly result?: Preflight }
  | { readonly kind: 'failed'; readonly id: string; readonly error: ErrorShape }
  /** What only one tab knows of an expected call: that it is to be answered muted. */
  | { readonly kind: 'expect'; readonly call: ExpectedCall };

export function tabMessage(body: TabMessageBody): TabMessage {
  return { phone: version, ...body };
}

/** Lets through what a tab of this version says. Same origin, same version: beyond its outline it is believed. */
export function isTabMessage(value: unknown): value is TabMessage {
  if (!isRecord(value) || value.phone !== version) return false;
  switch (value.kind) {
    case 'ask':
      return true;
    case 'state':
      return typeof value.term === 'string' && isPhoneState(value.state);
    case 'people':
      return allText(value, 'term', 'channelId') && isPeople(value.people);
    case 'people-changed':
      return allText(value, 'term', 'channelId') && isPeople(value.changed) && Array.isArray(value.gone);
    case 'closing':
    case 'closed':
      return typeof value.term === 'string';
    case 'command':
      return typeof value.id === 'string' && isPhoneCommand(value.command);
    case 'taken':
      return allText(value, 'id', 'term');
    case 'done':
      return typeof value.id === 'string' && (value.result === undefined || isPreflight(value.result));
    case 'failed':
      return typeof value.id === 'string' && isErrorShape(value.error);
    case 'expect':
      return isExpectedCall(value.call);
    default:
      return false;
  }
}

export function isPreflight(value: unknown): value is Preflight {
  return (
    isRecord(value) &&
    [value.browser, value.microphone, value.speaker, value.network].every(
      (result) => isRecord(result) && typeof result.ok === 'boolean',
    )
  );
}

function isPhoneState(value: unknown): value is PhoneState {
  return (
    isRecord(value) &&
    isRecord(value.registration) &&
    typeof value.registration.status === 'string' &&
    isRecord(value.devices) &&
    typeof value.devices.permission === 'string' &&
    Array.isArray(value.devices.microphones) &&
    Array.isArray(value.devices.speakers) &&
    isRecord(value.devices.speakerSelection) &&
    Array.isArray(value.calls) &&
    value.calls.every(isCallSnapshot)
  );
}

function isCallSnapshot(value: unknown): boolean {
  return (
    isRecord(value) &&
    allText(value, 'id', 'channelId', 'direction', 'status') &&
    isRecord(value.capabilities) &&
    isRecord(value.quality)
  );
}

function isPeople(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => isRecord(one) && typeof one.id === 'string');
}

function isErrorShape(value: unknown): value is ErrorShape {
  return isRecord(value) && allText(value, 'code', 'message') && typeof value.retryable === 'boolean';
}

function isExpectedCall(value: unknown): value is ExpectedCall {
  return (
    isRecord(value) &&
    allText(value, 'correlationId', 'channelId', 'conversationId') &&
    Array.isArray(value.callIds) &&
    typeof value.expiresAt === 'number'
  );
}
