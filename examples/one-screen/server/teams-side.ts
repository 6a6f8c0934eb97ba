import type { IncomingMessage, ServerResponse } from 'node:http';
import { isContactCenterError } from 'onescreen';
import type { Emulator } from 'onescreen/emulator';
import type { TeamsPerson, TeamsSide, TeamsSideAction } from '../teams/teams-side';

/** People of the house, in Teams: whoever opens `/teams.html` plays one of them. The first one's account makes meetings. */
export const teamsPeople: readonly TeamsPerson[] = [
  { id: '3d0e51c7-9a44-4c0b-8f0a-1f7be1f4a201', displayName: 'Irina Popescu' },
  { id: '3d0e51c7-9a44-4c0b-8f0a-1f7be1f4a202', displayName: 'Yusuf Aydin' },
];

/** Somebody of the house whom nobody has to play: answers by himself. */
export const simulatedExpert: TeamsPerson = {
  id: '3d0e51c7-9a44-4c0b-8f0a-1f7be1f4a203',
  displayName: 'Theo Brandt',
};

/** Answers what the Teams side's page asks. DEVELOPMENT ONLY: whoever asks for a person's token gets it. */
export function teamsSideOf({ core, endpoint }: Emulator) {
  for (const { id, displayName } of teamsPeople) core.teamsUsers.add({ objectId: id, displayName, answers: 'page' });
  core.teamsUsers.add({ objectId: simulatedExpert.id, displayName: simulatedExpert.displayName, speaks: true });

  const side = (): TeamsSide => ({
    endpoint,
    people: teamsPeople,
    meetings: core.meetings.list().map(({ id, subject, joinLink, over, recording }) => ({
      ...{ id, subject, joinLink, over, recording },
    })),
  });
  const token = (person: unknown) => {
    const known = teamsPeople.find(({ id }) => id === person);
    if (known === undefined) return undefined;
    return { token: core.issueToken(`8:orgid:${known.id}`, { kind: 'teamsUser' }).token };
  };
  const act = (meetingId: string, action: TeamsSideAction) => {
    if (action.action === 'end') core.meetings.end(meetingId);
    else if (action.action === 'record') core.meetings.record(meetingId, { recording: action.on });
    else core.meetings.setRole(meetingId, action.user, action.role);
    return {};
  };

  /** Undefined: it is not asked of the Teams side. */
  return async (request: IncomingMessage): Promise<unknown> => {
    const { pathname } = new URL(request.url ?? '/', 'http://demo.invalid');
    if (pathname === '/teams.json') return side();
    if (request.method !== 'POST' || !pathname.startsWith('/teams/')) return undefined;
    const body: unknown = JSON.parse(await textOf(request));
    if (pathname === '/teams/token') return token(Reflect.get(Object(body), 'person'));
    const meetingId = /^\/teams\/meetings\/(.+)$/.exec(pathname)?.[1];
    return meetingId !== undefined && isAction(body) ? act(decodeURIComponent(meetingId), body) : undefined;
  };
}

/** Hands a request to the Teams side first; what it does not know goes on. */
export function withTeamsSide(
  answer: ReturnType<typeof teamsSideOf>,
  otherwise: (request: IncomingMessage, response: ServerResponse) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.url?.startsWith('/teams') !== true || request.url.startsWith('/teams.html')) {
      return otherwise(request, response);
    }
    answer(request).then(
      (said) => (said === undefined ? otherwise(request, response) : send(response, 200, said)),
      (error: unknown) => send(response, 400, { error: isContactCenterError(error) ? error.message : 'unusable' }),
    );
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function isAction(value: unknown): value is TeamsSideAction {
  return typeof value === 'object' && value !== null && 'action' in value;
}
