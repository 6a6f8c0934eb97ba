import * as v from 'valibot';
import type { CallingRequest } from './frames';

/** Longest frame that a page may send, in UTF-16 units (chosen: the largest custom context and a media description fit in). */
export const maxCallingFrameLength = 1_500_000;

const text = (longest: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(longest));
const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const callId = text(256);
const rawId = text(300);
const token = text(4_096);
const headers = v.pipe(v.array(v.object({ key: v.string(), value: v.string() })), v.maxLength(10_000));
const context = v.object({ voipHeaders: v.exactOptional(headers), sipHeaders: v.exactOptional(headers) });
const ofCall = { id, callId };
/** Links and passcodes are as long as people paste them. */
const meeting = v.union([
  v.object({ link: text(2_048) }),
  v.object({ meetingId: text(64), passcode: v.exactOptional(v.pipe(v.string(), v.maxLength(64))) }),
]);
const targets = v.pipe(v.array(rawId), v.maxLength(349));

const request = v.variant('type', [
  v.object({
    id,
    type: v.literal('register'),
    token,
    kind: v.picklist(['CallAgent', 'TeamsCallAgent']),
    displayName: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
    endpoint: v.exactOptional(text(256)),
  }),
  v.object({ id, type: v.literal('refresh'), token }),
  v.object({
    ...ofCall,
    type: v.literal('start'),
    targets: v.pipe(v.array(rawId), v.minLength(1), v.maxLength(349)),
    muted: v.boolean(),
    onBehalfOf: v.exactOptional(rawId),
    context: v.exactOptional(context),
    threadId: v.exactOptional(text(300)),
  }),
  v.object({ ...ofCall, type: v.literal('accept'), muted: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('reject') }),
  v.object({ ...ofCall, type: v.literal('hang-up'), forEveryone: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('mute'), muted: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('hold'), held: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('dtmf'), tone: text(5) }),
  v.object({ ...ofCall, type: v.literal('add'), target: rawId, threadId: v.exactOptional(text(300)) }),
  v.object({ ...ofCall, type: v.literal('remove'), target: rawId }),
  v.object({ ...ofCall, type: v.literal('mute-participant'), target: rawId }),
  v.object({ ...ofCall, type: v.literal('transfer'), target: rawId, context: v.exactOptional(context) }),
  v.object({ ...ofCall, type: v.literal('join'), meeting, muted: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('admit'), targets: v.exactOptional(targets) }),
  v.object({ ...ofCall, type: v.literal('reject-guest'), target: rawId }),
  v.object({ ...ofCall, type: v.literal('picture'), kind: v.picklist(['camera', 'screen']), on: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('raise-hand'), raised: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('lower-hands'), targets }),
  v.object({ ...ofCall, type: v.literal('spotlight'), targets, on: v.boolean() }),
  v.object({ ...ofCall, type: v.literal('captions'), on: v.boolean(), language: v.exactOptional(text(35)) }),
  v.object({ ...ofCall, type: v.literal('consent') }),
  v.object({ ...ofCall, type: v.literal('media'), sdp: text(200_000) }),
]);

const numbered = v.object({ id });

/** A request; the id alone of one that has an id and is otherwise malformed; undefined for anything else. */
export function readRequest(frame: string): CallingRequest | { readonly malformed: number } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(request, value);
  if (parsed.success) return parsed.output;
  const known = v.safeParse(numbered, value);
  return known.success ? { malformed: known.output.id } : undefined;
}
