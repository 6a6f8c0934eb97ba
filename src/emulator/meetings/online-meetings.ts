import type { Emulation } from '../emulation';
import type { Call, OpenOperation, Operation } from '../http/operation';
import { jsonResponse } from '../http/service-error';
import { isJsonObject, type JsonObject } from '../http/validation';
import { wholeSeconds } from '../http/wire-dates';
import type { LobbyBypass, MeetingKind, MeetingOptions, Presenters } from './meeting-settings';
import type { Meetings } from './meetings';
import type { ObservedMeeting } from './observed-meeting';

/** Whether a bearer token of Graph is good. */
export type VerifyGraphToken = (token: string) => boolean | Promise<boolean>;

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Source: microsoft-graph-docs-contrib, resources/lobbybypasssettings.md; what the emulator does not tell apart is one. */
const lobbies: Readonly<Record<string, LobbyBypass>> = {
  everyone: 'everyone',
  organization: 'people-in-organization',
  organizationAndFederated: 'people-in-organization',
  organizationExcludingGuests: 'people-in-organization',
  invited: 'people-in-organization',
  organizer: 'organizer-only',
};
/** Source: microsoft-graph-docs-contrib, resources/onlinemeetingbase.md. */
const presenters: Readonly<Record<string, Presenters>> = {
  everyone: 'everyone',
  organization: 'organization',
  roleIsPresenter: 'organizer',
  organizer: 'organizer',
};

/** A refusal as Graph words it. */
class GraphRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The part of Microsoft Graph that makes meetings, below `/graph/v1.0`. */
export function onlineMeetingOperations(
  { clock, random }: Emulation,
  meetings: Meetings,
  verify: VerifyGraphToken,
): readonly Operation[] {
  const path = '/graph/v1.0/users/:userId/onlineMeetings';
  const operation = (
    name: string,
    method: OpenOperation['method'],
    at: string,
    run: (call: Call, organizer: string) => Response,
  ): OpenOperation => ({
    ...{ name, method, path: at, access: 'open' },
    run: async (call) => {
      try {
        await admit(call, verify);
        const { userId = '' } = call.params;
        if (!guid.test(userId)) throw new GraphRefusal(404, 'ResourceNotFound', 'User is not found.');
        return run(call, `8:orgid:${userId}`);
      } catch (error) {
        if (!(error instanceof GraphRefusal)) throw error;
        const requestId = random.id();
        const innerError = { date: wholeSeconds(clock.now()), 'request-id': requestId, 'client-request-id': requestId };
        return jsonResponse(error.status, { error: { code: error.code, message: error.message, innerError } });
      }
    },
  });
  const own = (call: Call, organizer: string): ObservedMeeting => {
    const found = meetings.get(call.params.meetingId ?? '');
    if (found === undefined || found.over || found.organizer !== organizer)
      throw new GraphRefusal(404, 'NotFound', 'The meeting does not exist.');
    return found;
  };
  return [
    operation('Graph_CreateOnlineMeeting', 'POST', path, (call, organizer) =>
      jsonResponse(201, onlineMeeting(meetings.create({ ...readMeeting(call.body), organizer }), meetings)),
    ),
    operation('Graph_ListOnlineMeetings', 'GET', path, (call, organizer) => {
      const matches = readFilter(call.url.searchParams.get('$filter'));
      const found = meetings.list().filter((meeting) => meeting.organizer === organizer && matches(meeting));
      return jsonResponse(200, { value: found.map((meeting) => onlineMeeting(meeting, meetings)) });
    }),
    operation('Graph_GetOnlineMeeting', 'GET', `${path}/:meetingId`, (call, organizer) =>
      jsonResponse(200, onlineMeeting(own(call, organizer), meetings)),
    ),
    operation('Graph_DeleteOnlineMeeting', 'DELETE', `${path}/:meetingId`, (call, organizer) => {
      meetings.end(own(call, organizer).id);
      return new Response(null, { status: 204 });
    }),
  ];
}

async function admit(call: Call, verify: VerifyGraphToken): Promise<void> {
  const token = /^Bearer (\S+)$/i.exec(call.request.headers.get('authorization') ?? '')?.[1];
  if (token === undefined) throw new GraphRefusal(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  if (!(await verify(token)))
    throw new GraphRefusal(401, 'InvalidAuthenticationToken', 'Access token validation failure.');
}

function readMeeting(body: unknown): Omit<MeetingOptions, 'organizer'> {
  const asked: JsonObject = body === undefined ? {} : readObject(body, 'body');
  const lobby =
    asked.lobbyBypassSettings === undefined ? {} : readObject(asked.lobbyBypassSettings, 'lobbyBypassSettings');
  const passcode =
    asked.joinMeetingIdSettings === undefined ? {} : readObject(asked.joinMeetingIdSettings, 'joinMeetingIdSettings');
  const subject = asked.subject ?? '';
  if (typeof subject !== 'string') throw badValue('subject');
  const bypass = readChoice(lobbies, lobby.scope, 'lobbyBypassSettings.scope');
  const presents = readChoice(presenters, asked.allowedPresenters, 'allowedPresenters');
  const kind: MeetingKind = asked.isBroadcast === true ? 'live-event' : 'meeting';
  return {
    subject,
    kind,
    ...(bypass !== undefined && { lobby: bypass }),
    ...(presents !== undefined && { presenters: presents }),
    ...(asked.allowMeetingChat === 'disabled' && { chat: false }),
    ...(typeof passcode.isPasscodeRequired === 'boolean' && { passcodeRequired: passcode.isPasscodeRequired }),
  };
}

function readObject(value: unknown, field: string): JsonObject {
  if (!isJsonObject(value)) throw badValue(field);
  return value;
}

function readChoice<T>(choices: Readonly<Record<string, T>>, value: unknown, field: string): T | undefined {
  if (value === undefined || value === null) return undefined;
  const chosen = typeof value === 'string' && Object.hasOwn(choices, value) ? choices[value] : undefined;
  if (chosen === undefined) throw badValue(field);
  return chosen;
}

/** Graph finds meetings by link and by id alone. */
function readFilter(filter: string | null): (meeting: ObservedMeeting) => boolean {
  const parts = /^\s*(JoinWebUrl|joinMeetingIdSettings\/joinMeetingId)\s+eq\s+'([^']+)'\s*$/i.exec(filter ?? '');
  const [, property = '', value = ''] = parts ?? [];
  if (parts === null) throw new GraphRefusal(400, 'BadRequest', 'A filter by joinWebUrl or joinMeetingId is required.');
  return property.toLowerCase() === 'joinweburl'
    ? ({ joinLink }) => joinLink === value
    : ({ meetingId }) => meetingId === value.replaceAll(' ', '');
}

function onlineMeeting(meeting: ObservedMeeting, meetings: Meetings): JsonObject {
  const { lobby, presenters: presents } = meetings.settings(meeting.id);
  return {
    id: meeting.id,
    creationDateTime: wholeSeconds(meeting.createdAt),
    subject: meeting.subject,
    joinWebUrl: meeting.joinLink,
    joinMeetingIdSettings: {
      isPasscodeRequired: meeting.passcode !== undefined,
      joinMeetingId: meeting.meetingId,
      passcode: meeting.passcode ?? null,
    },
    lobbyBypassSettings: { scope: nameOfChoice(lobbies, lobby), isDialInBypassEnabled: false },
    allowedPresenters: nameOfChoice(presenters, presents),
    isBroadcast: meeting.kind === 'live-event',
    ...(meeting.threadId !== undefined && {
      chatInfo: { threadId: meeting.threadId, messageId: '0', replyChainMessageId: '0' },
    }),
    participants: {
      organizer: { identity: { user: { id: meeting.organizer.slice('8:orgid:'.length) } }, role: 'presenter' },
      attendees: [],
    },
  };
}

function nameOfChoice<T>(choices: Readonly<Record<string, T>>, value: T): string | undefined {
  return Object.keys(choices).find((name) => choices[name] === value);
}

const badValue = (field: string) => new GraphRefusal(400, 'BadRequest', `Invalid value for ${field}.`);
