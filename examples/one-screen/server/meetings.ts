import type { Emulator } from 'onescreen/emulator';
import { graphMeetings, type GraphMeetingsOptions, type MeetingHost } from 'onescreen/server';
import { teamsPeople } from './teams-side';

/** What of the demo's meetings can be chosen. */
export type DemoMeetings = Pick<GraphMeetingsOptions, 'lobby'>;

/** As in production, by Microsoft Graph, which the emulator stands for. Without a lobby nobody has to play the organizer. */
export function demoMeetings(
  emulator: Pick<Emulator, 'endpoint' | 'connectionString'>,
  { lobby = 'everyone' }: DemoMeetings = {},
): MeetingHost {
  const [organizer] = teamsPeople;
  return graphMeetings({
    organizer: organizer?.id ?? '',
    lobby,
    graph: `${emulator.endpoint}/graph`,
    // The emulator believes any; a real one comes from Entra, by the application's own credentials.
    token: () => 'development-token',
    acs: { connectionString: emulator.connectionString },
  });
}
