import * as v from 'valibot';
import { badRequest } from '../http/service-error';
import type { JsonObject } from '../http/validation';
import type { MeetingScript } from './meeting-script';
import type { GivenRole, MeetingOptions, MeetingPolicy } from './meeting-settings';

const text = v.pipe(v.string(), v.maxLength(2_000));
const ms = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000_000));
const role = v.picklist(['CoOrganizer', 'Presenter', 'Attendee']);
const flag = v.exactOptional(v.boolean());
const kinds = [
  ...(['meeting', 'channel', 'webinar', 'town-hall', 'live-event', 'consumer'] as const),
  'end-to-end-encrypted',
] as const;

const policy = {
  kind: v.exactOptional(v.picklist(kinds)),
  lobby: v.exactOptional(v.picklist(['everyone', 'people-in-organization', 'organizer-only'])),
  presenters: v.exactOptional(v.picklist(['everyone', 'organization', 'organizer'])),
  lobbyTimeoutMs: v.exactOptional(ms),
  ...{ guestsStart: flag, passcodeRequired: flag, consent: flag, chat: flag, captions: flag, premium: flag },
  ...{ dialOut: flag, attendeeMicrophones: flag, attendeeCameras: flag },
};

const options = v.object({
  organizer: text,
  subject: v.exactOptional(text),
  coOrganizers: v.exactOptional(v.array(text)),
  ...policy,
});

const script = v.object({
  user: v.exactOptional(text),
  displayName: v.exactOptional(text),
  roles: v.exactOptional(v.array(v.object({ afterMs: ms, user: text, role }))),
  says: v.exactOptional(v.array(v.object({ afterMs: ms, text }))),
  joinAfterMs: v.exactOptional(ms),
  admitAfterMs: v.exactOptional(ms),
  denyAfterMs: v.exactOptional(ms),
  recordAfterMs: v.exactOptional(ms),
  stopRecordingAfterMs: v.exactOptional(ms),
  endAfterMs: v.exactOptional(ms),
  leaveAfterMs: v.exactOptional(ms),
});

/** A meeting to be made, as the control surface gets it. Throws 400. */
export const readMeetingOptions = (body: JsonObject): MeetingOptions => read(options, body);

export const readPolicy = (value: unknown): MeetingPolicy =>
  read(v.object({ policy: v.object(policy) }), { policy: value }).policy;

export const readScript = (body: JsonObject): MeetingScript => read(script, body);

export const readRole = (value: unknown): GivenRole => read(v.object({ role }), { role: value }).role;

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  throw badRequest(`${field} is not valid: ${issue.message}`, field);
}
