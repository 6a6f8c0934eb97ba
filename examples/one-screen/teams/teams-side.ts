/** What the Teams side of the demo has to know; the demo's server answers it, for this machine alone. */
export interface TeamsSide {
  readonly endpoint: string;
  readonly people: readonly TeamsPerson[];
  readonly meetings: readonly TeamsSideMeeting[];
}

export interface TeamsPerson {
  /** Object id. */
  readonly id: string;
  readonly displayName: string;
}

export interface TeamsSideMeeting {
  readonly id: string;
  readonly subject: string;
  readonly joinLink: string;
  readonly over: boolean;
  readonly recording: boolean;
}

/** What a person on the Teams side does to a meeting beside being in it. */
export type TeamsSideAction =
  | { readonly action: 'end' }
  | { readonly action: 'record'; readonly on: boolean }
  | { readonly action: 'role'; readonly user: string; readonly role: 'Presenter' | 'Attendee' };

export async function readTeamsSide(): Promise<TeamsSide> {
  const response = await fetch('/teams.json');
  if (!response.ok) throw new Error(`unable to read the Teams side; the server answered ${response.status}`);
  const side: TeamsSide = await response.json();
  return side;
}

export async function teamsToken(person: TeamsPerson): Promise<string> {
  const answer: { readonly token: string } = await post('/teams/token', { person: person.id });
  return answer.token;
}

export async function act(meetingId: string, action: TeamsSideAction): Promise<void> {
  await post(`/teams/meetings/${encodeURIComponent(meetingId)}`, action);
}

async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`unable to do it; the server answered ${response.status}`);
  const answer: Answer = await response.json();
  return answer;
}
