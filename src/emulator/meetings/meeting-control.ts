import type { Hono } from 'hono';
import { isContactCenterError } from 'onescreen';
import type { EmulatorCore } from '../create-emulator';
import { badRequest, jsonResponse } from '../http/service-error';
import { optionalInteger, optionalString, requireArray, requireText, type JsonObject } from '../http/validation';
import { readMeetingOptions, readPolicy, readRole, readScript } from './read-meeting';

const duration = { min: 0, max: 1_000_000_000 };
const count = { min: 1, max: 1_000_000 };
const code = { min: 0, max: 1_000_000 };

/** The meetings' part of the control surface. */
export function serveMeetingControl(
  core: Pick<EmulatorCore, 'faults' | 'meetings' | 'teamsUsers'>,
  app: Hono,
  post: (path: string, run: (body: JsonObject) => unknown) => void,
): void {
  const { meetings, teamsUsers } = core;
  const faults = core.faults.meetings;
  const idOf = (body: JsonObject) => requireText(body.id, 'id');
  const usersOf = ({ users }: JsonObject) =>
    users === undefined ? undefined : requireArray(users, 'users').map((user) => requireText(user, 'users'));

  app.get('/meetings', () => jsonResponse(200, { value: meetings.list() }));
  app.get('/teams-users', () => jsonResponse(200, { value: teamsUsers.list() }));
  post('/meetings/create', (body) => asked(() => meetings.create(readMeetingOptions(body))));
  post('/meetings/policy', (body) =>
    asked(() => meetings.setPolicy(requireText(body.organizer, 'organizer'), readPolicy(body.policy ?? {}))),
  );
  post('/meetings/end', (body) => asked(() => meetings.end(idOf(body))));
  post('/meetings/admit', (body) => asked(() => ({ guests: meetings.admit(idOf(body), usersOf(body)) })));
  post('/meetings/deny', (body) => asked(() => ({ guests: meetings.deny(idOf(body), usersOf(body)) })));
  post('/meetings/role', (body) =>
    asked(() => meetings.setRole(idOf(body), requireText(body.user, 'user'), readRole(body.role))),
  );
  post('/meetings/record', (body) => {
    const { recording, transcription } = body;
    return asked(() =>
      meetings.record(idOf(body), {
        ...(typeof recording === 'boolean' && { recording }),
        ...(typeof transcription === 'boolean' && { transcription }),
      }),
    );
  });
  post('/meetings/caption', (body) =>
    asked(() =>
      meetings.caption(
        idOf(body),
        requireText(body.user, 'user'),
        requireText(body.text, 'text'),
        body.final !== false,
      ),
    ),
  );
  post('/meetings/join-as', (body) =>
    asked(() => ({
      status: meetings.joinAs(
        idOf(body),
        requireText(body.user, 'user'),
        optionalString(body.displayName, 'displayName'),
      ),
    })),
  );
  post('/meetings/leave-as', (body) => asked(() => meetings.leaveAs(idOf(body), requireText(body.user, 'user'))));
  post('/meetings/say', (body) =>
    asked(() => meetings.say(idOf(body), requireText(body.user, 'user'), requireText(body.text, 'text'))),
  );
  post('/meetings/script', (body) => {
    asked(() => meetings.script(idOf(body), readScript(body)));
  });
  post('/meetings/fail-joins', (body) =>
    faults.failJoins(
      {
        code: optionalInteger(body.code, 'code', code) ?? 500,
        subCode: optionalInteger(body.subCode, 'subCode', code) ?? 0,
      },
      optionalInteger(body.times, 'times', count) ?? 1,
    ),
  );
  post('/meetings/delay-admissions', (body) => faults.delayAdmissions(optionalInteger(body.ms, 'ms', duration) ?? 0));
  post('/teams-users/add', (body) => {
    const objectId = optionalString(body.objectId, 'objectId');
    const { answers, speaks } = body;
    return asked(() =>
      teamsUsers.add({
        displayName: requireText(body.displayName, 'displayName'),
        ...(objectId !== undefined && { objectId }),
        ...((typeof answers === 'number' || answers === 'never' || answers === 'declines' || answers === 'page') && {
          answers,
        }),
        ...((typeof speaks === 'number' || typeof speaks === 'boolean') && { speaks }),
      }),
    );
  });
}

/** What the emulator refuses as an argument is a bad request here. */
function asked<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw isContactCenterError(error, 'command/invalid') ? badRequest(error.message, error.field) : error;
  }
}
