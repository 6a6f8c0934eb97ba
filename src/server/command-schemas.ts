import * as v from 'valibot';
import { ContactCenterError } from 'onescreen';
import type { AgentCommands } from '../protocol/agent-frames';
import type { CustomerCommands } from '../protocol/customer-frames';
import type { HostedChatCommands } from '../protocol/frames';
import type { MeetingReport } from '../protocol/meeting-report';
import { labels, patch } from './context';
import { expectationOf } from './expectation';

type Schemas<Commands extends { readonly [Name in keyof Commands]: { readonly args: unknown } }> = {
  readonly [Name in keyof Commands]: v.GenericSchema<unknown, Commands[Name]['args']>;
};

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const shortText = v.pipe(v.string(), v.maxLength(1_024));
const time = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15));
const nothing = v.pipe(
  v.strictObject({}),
  v.transform((): Readonly<Record<string, never>> => ({})),
);
const reason = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const channel = { conversationId: id, channelId: id };
/** Longer texts are turned away as too large, with a code of their own. */
const messageText = v.string();

const chat: Schemas<HostedChatCommands> = {
  'message/send': v.object({ ...channel, clientId: id, text: messageText, html: v.exactOptional(messageText) }),
  'message/edit': v.object({ ...channel, messageId: id, text: messageText }),
  'message/delete': v.object({ ...channel, messageId: id }),
  'message/read': v.object({ ...channel, messageId: id }),
  'message/typing': v.object(channel),
  'log/before': v.object({
    conversationId: id,
    seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
    pageSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
  }),
};

const phone = v.pipe(v.string(), v.maxLength(64));
const callTarget = v.union(
  [
    v.strictObject({ phone }),
    v.strictObject({ agent: id }),
    v.strictObject({ teamsUser: id }),
    v.strictObject({ teamsApp: id }),
  ],
  'must have one of phone, agent, teamsUser and teamsApp, as a string',
);

/** What an agent writes for the next one. */
const note = v.exactOptional(v.pipe(v.string(), v.maxLength(4_096)));
const person = [v.strictObject({ agent: id }), v.strictObject({ phone }), v.strictObject({ teamsUser: id })] as const;
const consulted = v.union(person, 'must have one of agent, phone and teamsUser, as a string');

const availability = v.variant('kind', [
  v.object({ kind: v.literal('available') }),
  v.object({ kind: v.literal('unavailable'), reason: v.exactOptional(reason) }),
]);

const participantName = v.pipe(v.string(), v.maxLength(256));

/** Most people of a meeting that a page may tell of (Teams meetings hold 1 000; service limits). */
const mostPeople = 1_000;

const meetingReport: v.GenericSchema<unknown, MeetingReport> = v.variant('type', [
  v.object({
    type: v.literal('self'),
    change: v.picklist([
      'waiting',
      'joined',
      'left',
      'denied',
      'lobby-timeout',
      'removed',
      'failed',
      'consent-required',
      'consent-granted',
      'sharing-started',
      'sharing-stopped',
    ]),
    ref: v.exactOptional(id),
  }),
  v.object({
    type: v.literal('others'),
    people: v.pipe(v.array(v.object({ ref: id, displayName: participantName })), v.maxLength(mostPeople)),
  }),
  v.object({ type: v.literal('over') }),
]);

const wrapUpDraft = {
  // Empty: the one that was chosen is taken back.
  disposition: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  notes: v.exactOptional(v.pipe(v.string(), v.maxLength(16_384))),
  labels: v.exactOptional(labels),
};

export const agentCommands: Schemas<AgentCommands> = {
  ...chat,
  'availability/set': v.object({ availability, whenBusy: v.picklist(['now', 'after-current']) }),
  'availability/clear-next': nothing,
  'offer/accept': v.object({ offerId: id }),
  'offer/decline': v.object({ offerId: id, reason: v.exactOptional(reason), retryAt: v.exactOptional(time) }),
  'task/end': v.object({ taskId: id }),
  'task/requeue': v.object({
    taskId: id,
    queueId: v.exactOptional(id),
    priority: v.exactOptional(v.pipe(v.number(), v.minValue(-100), v.maxValue(100))),
    suspend: v.exactOptional(v.boolean()),
  }),
  'wrap-up/save': v.object({ taskId: id, ...wrapUpDraft }),
  'wrap-up/extend': v.object({ taskId: id }),
  'wrap-up/complete': v.object({ taskId: id, ...wrapUpDraft, closeAt: v.exactOptional(time) }),
  'context/set': v.object({ conversationId: id, patch }),
  'phone/report': v.object({ ready: v.boolean(), reasons: v.pipe(v.array(reason), v.maxLength(16)) }),
  'call/dial': v.object({ to: callTarget, queueId: v.exactOptional(id), context: v.exactOptional(labels) }),
  'task/transfer': v.object({
    taskId: id,
    to: v.union(
      [...person, v.strictObject({ queue: id }), v.strictObject({ voicemail: id })],
      'must have one of agent, phone, teamsUser, queue and voicemail, as a string',
    ),
    note,
    labels: v.exactOptional(labels),
  }),
  'consult/start': v.object({ taskId: id, to: consulted, note, merge: v.exactOptional(v.boolean()) }),
  'consult/act': v.object({
    conversationId: id,
    consultId: id,
    action: v.picklist(['swap', 'merge', 'complete', 'cancel']),
  }),
  'task/escalate': v.object({
    taskId: id,
    to: id,
    close: v.exactOptional(v.boolean()),
    invite: v.exactOptional(v.picklist(['link', 'call', 'none'])),
  }),
  'channel/invite': v.object({ ...channel, invite: v.exactOptional(v.picklist(['link', 'call'])) }),
  'invitation/withdraw': v.object({ conversationId: id, invitationId: id }),
  'channel/end': v.object(channel),
  'meeting/report': v.object({ ...channel, report: meetingReport }),
  'conversation/previous': v.object({
    conversationId: id,
    before: v.exactOptional(time),
    pageSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)),
  }),
  'task/park': v.object({ taskId: id, note }),
  'parked/take': v.object({ taskId: id }),
  'callback/schedule': v.object({
    conversationId: id,
    phone: v.exactOptional(phone),
    at: v.exactOptional(time),
    queueId: v.exactOptional(id),
    note,
  }),
  'callback/take': v.object({ callbackId: id }),
  'callback/cancel': v.object({ callbackId: id }),
  'directory/search': v.object({
    text: v.exactOptional(shortText),
    limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200))),
  }),
  'call/record': v.object({ ...channel, step: v.picklist(['start', 'pause', 'resume', 'stop']) }),
  'call/mute': v.object({ ...channel, participantId: id }),
  'call/hold': v.object(channel),
  'call/resume': v.object(channel),
  'call/tones': v.object({
    ...channel,
    tones: v.pipe(v.string(), v.regex(/^[0-9*#A-D]{1,32}$/, 'must be 1 to 32 of 0 to 9, *, # and A to D')),
  }),
  'call/add': v.object({ ...channel, to: callTarget }),
  'call/remove': v.object({ ...channel, participantId: id }),
  'call/rejoin': v.object(channel),
  'note/add': v.object({ conversationId: id, text: v.pipe(v.string(), v.minLength(1), v.maxLength(16_384)) }),
  'session/sign-out': v.object({ reason: v.exactOptional(reason), drain: v.exactOptional(v.boolean()) }),
};

export const customerCommands: Schemas<CustomerCommands> = {
  ...chat,
  'chat/end': nothing,
  'callback/request': v.object({ phone, at: v.exactOptional(time) }),
  'invitation/answer': v.object({ invitationId: id, accept: v.boolean() }),
  'channel/leave': v.object({ channelId: id }),
  'meeting/report': v.object({ channelId: id, report: meetingReport }),
  'token/get': v.object({ audience: id }),
};

/** What the body of a start must be. */
export const startBody = v.object({
  customer: v.object({
    displayName: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(256)),
    id: v.exactOptional(id),
  }),
  queueId: v.exactOptional(id),
  context: v.exactOptional(labels),
  provider: v.exactOptional(id),
  channel: v.exactOptional(id),
});

/** What a page that has started nothing may ask about the wait. */
export const waitQuery = v.object({ queueId: v.exactOptional(id), channel: v.exactOptional(id) });

export const tokenBody = v.object({ audience: id });

/** What the body of a customer's request for a token may be. */
export const customerTokenBody = v.object({ audience: v.exactOptional(id) });

/**
 * `input` as the schema has it. Throws `command/invalid` with the path of the first thing refused, `root` for all of it,
 * and says what was expected there, never what was sent.
 */
export function parse<T>(schema: v.GenericSchema<unknown, T>, input: unknown, action: string, root: string): T {
  const result = v.safeParse(schema, input, { abortEarly: true, message: expectationOf });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? root;
  throw new ContactCenterError('command/invalid', `unable to ${action}; ${field} ${issue.message}`, { field });
}
