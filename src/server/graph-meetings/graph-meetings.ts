import { ContactCenterError, systemClock, type Clock } from 'onescreen';
import { acsConnection, isLoopback, operation, type AcsResource } from '../acs-connection';
import type { ProviderRefs } from '../chat-host';
import type { MeetingHost } from '../meeting-host';
import { GraphClient, type OnlineMeeting } from './graph-client';

/** Who need not wait in the lobby (Graph `lobbyBypassSettings.scope`). */
export type MeetingLobby =
  'organizer' | 'organization' | 'organizationAndFederated' | 'organizationExcludingGuests' | 'invited' | 'everyone';

/** In whose name meetings are made, by whom, and who joins them. */
export interface GraphMeetingsOptions {
  /** Object id of the Teams user in whose name meetings are made; an application access policy lets the token's application. */
  readonly organizer: string;
  /** A bearer token for Graph, good for `OnlineMeetings.ReadWrite.All`. Asked each time. */
  readonly token: () => string | Promise<string>;
  /** The ACS resource of the identities with which agents and customers join. */
  readonly acs: AcsResource;
  /** Where Graph is. Default `https://graph.microsoft.com`; plain http is for this machine alone. */
  readonly graph?: string;
  /** Default: as the organizer's policy has it. With `everyone` agents and customers, who are guests, come in by themselves. */
  readonly lobby?: MeetingLobby;
  /** How long meetings are planned to last, in milliseconds, above 0; they do not end by that. Default 1 h. */
  readonly lastsMs?: number;
  /** As {@link MeetingHost.sideChannel}: for pages that join without the meeting's own chat. Default false. */
  readonly sideChannel?: boolean;
  readonly clock?: Clock;
}

/** Enough to join calls and meetings, and to write in their chats while in (ACS identity model). */
const guestScopes = ['voip', 'chat'] as const;

/**
 * Teams meetings made by Microsoft Graph, which agents and customers join as ACS guests. `providerRefs`: `{ joinLink,
 * meetingId, passcode, endpoint }` of a channel, `{ meeting }` of a participant. Where Graph refuses or cannot be
 * reached, making a meeting rejects with `channel/unavailable`, with its status or code in `provider`. Throws
 * `command/invalid` for options that make no sense.
 */
export function graphMeetings(options: GraphMeetingsOptions): MeetingHost {
  const {
    organizer,
    token,
    lobby,
    lastsMs = 3_600_000,
    sideChannel = false,
    clock = systemClock,
  } = {
    ...options,
  };
  if (!(lastsMs > 0)) throw refused('lastsMs', 'it must be above 0');
  if (!organizer) throw refused('organizer', 'organizer is missing');
  if (typeof token !== 'function') throw refused('token', 'token must be a function');
  const graph = new GraphClient({ graph: address(options.graph ?? 'https://graph.microsoft.com'), token });
  const connection = acsConnection(options.acs);
  const ids = new Map<string, string>();
  const agents = new Map<string, Promise<string>>();

  const createUser = async () => {
    const identity = await connection.identity();
    return (await identity.createUser(operation)).communicationUserId;
  };

  return {
    name: 'teams',
    channel: 'meeting',
    inLog: false,
    sideChannel,
    async open({ channelId, customer, subject }) {
      const meeting = customer.providerRefs['meeting'] ?? (await createUser());
      const now = clock.now();
      const made = await graph.create(organizer, {
        subject,
        startDateTime: new Date(now).toISOString(),
        endDateTime: new Date(now + lastsMs).toISOString(),
        ...(lobby !== undefined && { lobbyBypassSettings: { scope: lobby } }),
      });
      ids.set(channelId, made.id);
      return { providerRefs: { ...whereOf(made), endpoint: connection.endpoint }, customerRefs: { meeting } };
    },
    join: async (_, { providerRefs }) => ({ meeting: providerRefs['meeting'] ?? (await createUser()) }),
    // Who leaves is their page's to say.
    leave: async () => {},
    async close({ channelId }) {
      const id = ids.get(channelId);
      if (id === undefined) return;
      await graph.delete(organizer, id);
      ids.delete(channelId);
    },
    async identify({ id, providerRefs }) {
      if (providerRefs['meeting'] !== undefined) return {};
      const known = agents.get(id) ?? createUser();
      agents.set(id, known);
      known.catch(() => agents.delete(id));
      return { meeting: await known };
    },
    async token({ meeting }) {
      if (meeting === undefined)
        throw new ContactCenterError('token/unavailable', 'unable to get token; there is no meeting in the names');
      const identity = await connection.identity();
      const { token: issued, expiresOn } = await identity.getToken(
        { communicationUserId: meeting },
        [...guestScopes],
        operation,
      );
      return { token: issued, expiresOn: expiresOn.getTime(), kind: 'acsUser' };
    },
  };
}

function whereOf({ joinWebUrl, joinMeetingIdSettings }: OnlineMeeting): ProviderRefs {
  const { joinMeetingId, passcode } = joinMeetingIdSettings ?? {};
  return {
    joinLink: joinWebUrl,
    ...(typeof joinMeetingId === 'string' && { meetingId: joinMeetingId }),
    ...(typeof passcode === 'string' && { passcode }),
  };
}

function address(graph: string): URL {
  if (!URL.canParse(graph)) throw refused('graph', 'it is no address');
  const url = new URL(graph);
  const isPlain = url.protocol === 'http:';
  if (!isPlain && url.protocol !== 'https:') throw refused('graph', 'it is neither https nor http');
  if (isPlain && !isLoopback(url.hostname)) throw refused('graph', 'plain http is for this machine alone');
  return url;
}

function refused(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to make meetings; ${why}`, { field });
}
