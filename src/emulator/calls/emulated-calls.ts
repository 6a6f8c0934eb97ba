import type { Clock, TokenKind } from 'onescreen';
import type { ActivityLog } from '../activity-log';
import type { Emulation } from '../emulation';
import type { RealtimeSocket, SocketConnection } from '../realtime/realtime-connection';
import type { Call } from './call';
import { CallClients, clientLineOf } from './call-clients';
import { CallFaultRules } from './call-faults';
import { CallMedia } from './call-media';
import { CallServers } from './call-servers';
import { CallSwitch } from './call-switch';
import { CallingConnection } from './calling-connection';
import { ClientRequests } from './client-requests';
import { Destinations } from './destinations';
import type { EndFrame } from './frames';
import { hearingOf } from './hearing';
import type { Impairment, MediaUnit } from './media-unit';
import { Phones } from './phones';
import { MeetingFaultRules } from '../meetings/meeting-faults';
import { MeetingRequests } from '../meetings/meeting-requests';
import { Meetings } from '../meetings/meetings';
import { TeamsUsers } from '../meetings/teams-users';

/** How the emulated call service behaves. */
export interface CallOptions {
  /**
   * Milliseconds for which the calls of a page are kept whose connection is lost, so that it can come back to them.
   * Default 10,000, for tests that do not take long; the service takes up to 120,000 (azure-docs, service-limits.md).
   */
  readonly ghostMs?: number;
  /** Whether a page that registers while a call for its user rings is rung, too. Default false: whether the service does is not documented. */
  readonly ringLate?: boolean;
}

/** A page that is registered for calls. */
export interface RegisteredPage {
  readonly id: string;
  readonly user: string;
  readonly tokenKind: TokenKind;
  /** False while its connection is lost and its calls are kept. */
  readonly online: boolean;
}

/** Somebody in a call, for tests and people who look. */
export interface ObservedParty {
  readonly id: string;
  readonly rawId: string;
  readonly kind: 'client' | 'phone' | 'server';
  readonly status: 'connecting' | 'ringing' | 'in-lobby' | 'connected' | 'ended';
  readonly muted: boolean;
  readonly onHold: boolean;
  /** Raw ids of the parties and kinds of the sounds that are heard. */
  readonly hears: readonly string[];
}

export interface ObservedCall {
  readonly id: string;
  readonly oneToOne: boolean;
  readonly recording: boolean;
  readonly parties: readonly ObservedParty[];
}

/** Makes calls go wrong, those under way and those to come. */
export interface CallFaults extends Pick<CallFaultRules, 'failAdds' | 'delayRings' | 'loseContexts' | 'loseRings'> {
  /** Cuts the signalling of pages: of one user (raw id), or of all. Returns how many. */
  dropSignalling(user?: string): number;
  /** Ends registrations as if their tokens had expired. */
  expireTokens(user?: string): void;
  /** Makes the media of a user's legs bad, those that are open now; undefined mends it. Returns how many. */
  impairMedia(user: string, impairment: Impairment | undefined): number;
  /** Takes back what would befall calls to come, and mends all media. */
  clear(): void;
}

/** Calls on the emulator: for servers in the same process, and to look at. */
export interface EmulatedCalls extends Pick<
  CallServers,
  'listen' | 'assignNumber' | 'create' | 'connect' | 'connection'
> {
  /** What calls go by. */
  readonly clock: Clock;
  /** Calls that have not ended. */
  list(): readonly ObservedCall[];
  pages(): readonly RegisteredPage[];
}

/** The call part of the emulator. */
export interface CallService {
  readonly calls: EmulatedCalls;
  readonly servers: CallServers;
  readonly phones: Phones;
  readonly meetings: Meetings;
  readonly teamsUsers: TeamsUsers;
  readonly faults: CallFaults;
  readonly meetingFaults: MeetingFaultRules;
  /** Attaches the websocket of a page. */
  connect(socket: RealtimeSocket): SocketConnection;
  close(): Promise<void>;
}

export interface CallServiceParts {
  readonly emulation: Emulation;
  readonly log: ActivityLog;
  readonly options: CallOptions;
  readonly loadMedia: (() => Promise<MediaUnit>) | undefined;
}

export function createCallService({ emulation, log, options, loadMedia }: CallServiceParts): CallService {
  const { clock, random } = emulation;
  const { ghostMs = 10_000, ringLate = false } = options;
  const rules = new CallFaultRules();
  const media = new CallMedia({
    clock,
    load: loadMedia,
    onLevels: (party, levels) => {
      const line = clientLineOf(party);
      line?.endpoint?.push({ type: 'levels', callId: line.ownId ?? party.id, levels });
    },
    onDominance: (call) => calls.refresh(call),
  });
  const calls: CallSwitch = new CallSwitch({ clock, random, log, media, faults: rules });
  const teamsUsers = new TeamsUsers({ clock, random, calls });
  const meetingFaults = new MeetingFaultRules();
  const meetings = new Meetings({ emulation, calls, users: teamsUsers, faults: meetingFaults });
  const meetingRequests = new MeetingRequests({ clock, calls, door: meetings.door, users: teamsUsers });
  const clients = new CallClients({ emulation, calls, ghostMs, ringLate });
  const servers: CallServers = new CallServers(
    calls,
    () => destinations,
    (ms, run) => clock.schedule(ms, run),
  );
  const destinations: Destinations = new Destinations({
    clients,
    servers,
    phones: () => phones,
    simulated: (rawId) => teamsUsers.line(rawId),
  });
  const phones: Phones = new Phones({ clock, calls, media, destinations });
  const requests = new ClientRequests({
    clock,
    calls,
    media,
    destinations,
    refresh: (endpoint, token) => clients.refresh(endpoint, token),
    meeting: (endpoint, request) => meetingRequests.prepare(endpoint, request),
    nameOf: (rawId) => teamsUsers.get(rawId)?.displayName,
  });

  const legs = (user?: string) =>
    [...calls.calls].flatMap((call) =>
      call.live.filter(({ kind, rawId }) => kind === 'client' && (user === undefined || rawId === user)),
    );
  const faults: CallFaults = {
    failAdds: (end: EndFrame, times) => rules.failAdds(end, times),
    delayRings: (ms, times) => rules.delayRings(ms, times),
    loseContexts: (times) => rules.loseContexts(times),
    loseRings: (times) => rules.loseRings(times),
    dropSignalling: (user) => {
      const links = [...clients.all].flatMap((page) =>
        page.link !== undefined && (user === undefined || page.user === user) ? [page.link] : [],
      );
      for (const link of links) link.terminate();
      return links.length;
    },
    expireTokens: (user) => clients.expire(user),
    impairMedia: (user, impairment) => {
      const chosen = legs(user).filter(({ mediaOpen }) => mediaOpen);
      for (const party of chosen) media.impair(party, impairment);
      return chosen.length;
    },
    clear: () => {
      rules.clear();
      for (const party of legs()) if (party.impairment !== undefined) media.impair(party, undefined);
    },
  };

  return {
    calls: {
      clock,
      listen: (account, onIncoming) => servers.listen(account, onIncoming),
      assignNumber: (number, account) => servers.assignNumber(number, account),
      create: (request) => servers.create(request),
      connect: (account, serverCallId) => servers.connect(account, serverCallId),
      connection: (id) => servers.connection(id),
      list: () => [...calls.calls].map(observe),
      pages: () => [...clients.all].map(({ id, user, tokenKind, online }) => ({ id, user, tokenKind, online })),
    },
    servers,
    phones,
    meetings,
    teamsUsers,
    faults,
    meetingFaults,
    connect: (socket) => new CallingConnection(socket, { id: random.id(), clients, requests, log }),
    close: () => {
      clients.close();
      return media.closeAll();
    },
  };
}

function observe(call: Call): ObservedCall {
  const { heard, sounds } = hearingOf(call);
  const nameOf = (id: string) => call.live.find((party) => party.id === id)?.rawId ?? sounds.get(id)?.kind ?? id;
  return {
    id: call.id,
    oneToOne: call.oneToOne,
    recording: call.recording === 'on',
    parties: call.live.map((party) => ({
      id: party.id,
      rawId: party.rawId,
      kind: party.kind,
      status: party.status,
      muted: party.muted,
      onHold: party.onHold,
      hears: (heard.get(party) ?? []).map(nameOf),
    })),
  };
}
