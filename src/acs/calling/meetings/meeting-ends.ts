import type { CallEndReason } from '@azure/communication-calling';
import { ContactCenterError, type ErrorCode, type MeetingEnd, type MeetingOutcome } from 'onescreen';
import { faultOf, toCallEnd } from '../calling-error';

/** What a pair of codes means in a meeting. */
export interface MeetingEndCode {
  readonly code: number;
  readonly subCode: number;
  readonly outcome: MeetingOutcome;
  readonly error: ErrorCode;
  readonly retryable: boolean;
  /** For people: what happened and what helps. */
  readonly message: string;
  /** `unknown`: no text of Microsoft's says which codes Teams gives here; seen in other software or chosen by the emulator. */
  readonly source: 'documented' | 'unknown';
}

/** How far a join had got when it ended. */
export type MeetingStage = 'joining' | 'lobby' | 'in';

type Meaning = Pick<MeetingEndCode, 'outcome' | 'error' | 'retryable' | 'message'>;

export const leftHere: Meaning = {
  ...{ outcome: 'left', error: 'meeting/left', retryable: true },
  message: 'left on this side',
};
export const lobbyTimedOut: Meaning = {
  ...{ outcome: 'lobby-timeout', error: 'meeting/lobby-timeout', retryable: true },
  message: 'nobody let this side in in time; joining again asks once more',
};
const joinedElsewhere: Meaning = {
  ...{ outcome: 'left', error: 'meeting/joined-elsewhere', retryable: true },
  message: 'the same person joined from another place',
};
const denied: Meaning = {
  ...{ outcome: 'denied', error: 'meeting/denied', retryable: false },
  message: 'the organizers did not let this side in',
};
const removed: Meaning = {
  ...{ outcome: 'removed', error: 'meeting/removed', retryable: true },
  message: 'somebody in the meeting removed this side',
};
const over: Meaning = {
  ...{ outcome: 'meeting-ended', error: 'meeting/ended', retryable: false },
  message: 'the meeting is over',
};
const notJoinable: Meaning = {
  ...{ outcome: 'failed', error: 'meeting/not-joinable', retryable: false },
  message:
    'this meeting cannot be joined from here: it does not exist, or it is a webinar, a town hall, a live event, a meeting of consumers, or encrypted from end to end',
};
const wrongPasscode: Meaning = {
  ...{ outcome: 'failed', error: 'meeting/wrong-passcode', retryable: false },
  message: 'the passcode is not right',
};

const row = (
  [code, subCode]: readonly [number, number],
  source: MeetingEndCode['source'],
  meaning: Meaning,
): MeetingEndCode => ({ code, subCode, source, ...meaning });

/**
 * What is known of the codes with which meetings end, one row a pair. Source of the documented ones: azure-docs,
 * communication-services/resources/troubleshooting/voice-video-calling; what is no meeting's own is in `endCodes`.
 */
export const meetingEndCodes: readonly MeetingEndCode[] = [
  row([0, 0], 'documented', leftHere),
  row([0, 5000], 'documented', removed),
  row([0, 5300], 'documented', removed),
  row([0, 5003], 'documented', over),
  row([0, 4097], 'documented', over),
  row([0, 7000], 'documented', over),
  row([0, 5854], 'unknown', denied),
  row([0, 5855], 'unknown', lobbyTimedOut),
  row([404, 4097], 'unknown', over),
  row([404, 5751], 'unknown', notJoinable),
  row([403, 5830], 'unknown', notJoinable),
  row([403, 5751], 'unknown', wrongPasscode),
  row([0, 10003], 'unknown', joinedElsewhere),
];

const byPair = new Map(meetingEndCodes.map((one) => [`${one.code}/${one.subCode}`, one]));

/**
 * Why this side is out, by the codes and by how far it had got: who is removed from the lobby was denied, and so was who
 * waited when an end came that is not known; an unknown one before that means that it could not be joined.
 */
export function toMeetingEnd(reason: CallEndReason | undefined, stage: MeetingStage): MeetingEnd {
  const known = byPair.get(`${reason?.code}/${reason?.subCode}`);
  const provider = faultOf(reason);
  if (known !== undefined) return endAs(stage === 'lobby' && known.outcome === 'removed' ? denied : known, provider);
  const { code, outcome, retryable, message } = toCallEnd(reason);
  if (code === 'call/unknown' && stage !== 'in') return endAs(stage === 'lobby' ? denied : notJoinable, provider);
  if (outcome === 'failed') return { outcome, code, retryable, message, provider };
  return endAs(stage === 'lobby' ? denied : over, provider);
}

/** An end that this side has brought about itself, or a row of the table. */
export function endAs({ outcome, error, retryable, message }: Meaning, provider?: MeetingEnd['provider']): MeetingEnd {
  return { outcome, code: error, retryable, message, ...(provider !== undefined && { provider }) };
}

/** An end as the error of a join that it cut short. */
export function joinError({ code, retryable, message, provider }: MeetingEnd): ContactCenterError {
  return new ContactCenterError(code, `unable to join meeting; ${message}`, {
    retryable,
    ...(provider !== undefined && { provider }),
  });
}
