import { createHash } from 'node:crypto';
import { ContactCenterError, systemClock, systemRandom, type Clock, type Random } from 'onescreen';
import { ActivityLog, type LoggedActivity } from './activity-log';
import { messageOperations } from './chat/chat-messages';
import { participantOperations } from './chat/chat-participants';
import { signalOperations } from './chat/chat-signals';
import { threadOperations } from './chat/chat-threads';
import { Retention } from './chat/retention';
import { createCallAutomation } from './call-automation/call-automation';
import type { EventGrid } from './call-automation/event-grid';
import type { Post } from './call-automation/webhook';
import { createCallService, type CallOptions, type EmulatedCalls } from './calls/emulated-calls';
import type { MediaUnit } from './calls/media-unit';
import type { Phones } from './calls/phones';
import type { Emulation } from './emulation';
import { createControl } from './faults/control';
import { Faults } from './faults/faults';
import { MovableClock } from './faults/movable-clock';
import { PushFaults } from './faults/push-faults';
import { RequestFaults } from './faults/request-faults';
import type { CorsMode } from './http/cors';
import type { Exchange } from './http/exchange';
import { createRouter } from './http/router';
import { UnknownRequests } from './http/unknown-requests';
import { AccessTokens, type Scope } from './identity/access-token';
import { assignmentOperations } from './identity/assignments';
import { identityOperations } from './identity/identity-operations';
import { ensureIdentity, issueToken, type IssuedToken } from './identity/issue-token';
import { exchangeOperations } from './identity/token-exchange';
import { believeClaims, type VerifyEntraToken } from './identity/entra-token';
import { resolveLimits, type LimitOptions } from './limits';
import { RateLimiter } from './rate-limiter';
import type { Meetings } from './meetings/meetings';
import { onlineMeetingOperations, type VerifyGraphToken } from './meetings/online-meetings';
import type { TeamsUsers } from './meetings/teams-users';
import { Delivery } from './realtime/delivery';
import { Endpoints } from './realtime/endpoints';
import type { RealtimeSocket, SocketConnection } from './realtime/realtime-connection';
import { openConnection } from './realtime/open-connection';
import { realtimeOperations } from './realtime/realtime-operations';
import { Registrar } from './realtime/registrar';
import type { EmulatorRecord } from './records';
import { createSnapshot, type EmulatorSnapshot } from './snapshot';
import { Store } from './store';

/** Where data outlives the emulator. */
export interface Journal {
  /** What was kept, in the order of writing. */
  readonly records: Iterable<EmulatorRecord>;
  /** Keeps more records, all of them or none; returns when they are safe. */
  append(...records: readonly EmulatorRecord[]): void;
}

export interface EmulatorOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Base64 of at least 16 bytes. Default: what the journal holds, else a new one. */
  readonly accessKey?: string;
  /** `false` switches all limits off. */
  readonly limits?: LimitOptions;
  readonly cors?: CorsMode;
  readonly journal?: Journal;
  /** Checks Entra tokens that clients want exchanged. Default: believes the claims of any JWT that has not expired. */
  readonly verifyEntraToken?: VerifyEntraToken;
  /** Checks the bearer tokens of Graph. Default: believes every one. */
  readonly verifyGraphToken?: VerifyGraphToken;
  /**
   * Whether a Teams Phone extension user's Entra token is exchanged only for who has been assigned to the resource, as in
   * a real tenant: 403 otherwise. Default `false`.
   */
  readonly requireAssignments?: boolean;
  /** Told of every request with the service's own answer to it, before any fault changes that: to check answers in tests. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Told of requests that the emulator does not know, and of its own defects. */
  readonly onWarning?: (message: string) => void;
  readonly calls?: CallOptions;
  /** Posts events to servers on this machine. Default: the runtime's `fetch`. */
  readonly fetch?: Post;
  /** Carries the audio of calls; a function is called at the first page that brings media. Left out: media is refused. */
  readonly media?: MediaUnit | ((clock: Clock) => Promise<MediaUnit>);
}

export interface TokenOptions {
  /** Default `chat` and `voip`. */
  readonly scopes?: readonly Scope[];
  /** Milliseconds. Default a day. */
  readonly lifeMs?: number;
  /** Left out: `teamsUser` for `8:orgid:…`, else `acsUser`. A `tpeAgent`'s user must be `8:acs:…`. */
  readonly kind?: 'acsUser' | 'teamsUser' | 'tpeAgent';
}

/** The emulator without any listener: a function of requests, frames and time. */
export interface EmulatorCore {
  /** Base64. */
  readonly accessKey: string;
  /** Guid of the emulated resource; part of every user's id. */
  readonly resourceId: string;
  /** Everything that can be made to go wrong. */
  readonly faults: Faults;
  /** Answers a request. Rejects only when a fault drops the connection. */
  readonly handle: (request: Request) => Promise<Response>;
  /** Attaches a websocket that asked for `url`. Throws when the url is neither `/calling` nor names a fresh session. */
  readonly connect: (url: string, socket: RealtimeSocket) => SocketConnection;
  /** Calls: for servers in this process, and to look at. */
  readonly calls: EmulatedCalls;
  /** Tells servers over HTTP of calls that come in. */
  readonly eventGrid: Pick<EventGrid, 'subscribe' | 'unsubscribe' | 'list'>;
  /** Simulated phones. */
  readonly phones: Phones;
  /** Teams meetings. */
  readonly meetings: Omit<Meetings, 'door'>;
  /** Simulated people of the organization. */
  readonly teamsUsers: Pick<TeamsUsers, 'add' | 'get' | 'list'>;
  /** Serves the control surface: faults, state and log as JSON. Never expose it where the service is. */
  readonly control: (request: Request) => Promise<Response>;
  /** A token of any life, for a user who is made where there is none. */
  issueToken(user: string, options?: TokenOptions): IssuedToken;
  /** A new user's raw id. */
  createUser(): string;
  /** What happened last: requests, frames, pushes. Without tokens or message texts. */
  log(): readonly LoggedActivity[];
  /** Requests that no operation matched. */
  unknownRequests(): readonly { readonly request: string; readonly count: number }[];
  /** All data, the sockets and the registrations. */
  snapshot(): EmulatorSnapshot;
  /** Cuts all sockets and stops all timers. */
  close(): void;
}

/** Makes an emulator. Throws `command/invalid` for an access key that is none. */
export function createEmulator(options: EmulatorOptions = {}): EmulatorCore {
  const { random = systemRandom, journal, onWarning = () => {} } = options;
  const clock = new MovableClock(options.clock ?? systemClock);
  const store = new Store((records) => journal?.append(...records));
  for (const record of journal?.records ?? []) store.restore(record);

  const resource = {
    id: store.resource?.id ?? random.id(),
    accessKey: options.accessKey ?? store.resource?.accessKey ?? newAccessKey(random),
  };
  const accessKey = readAccessKey(resource.accessKey);
  if (resource.accessKey !== store.resource?.accessKey) store.put({ kind: 'resource', resource });

  const log = new ActivityLog(clock);
  const endpoints = new Endpoints(clock, random, accessKey);
  const registrar = new Registrar(clock);
  const pushes = new PushFaults(clock);
  const requests = new RequestFaults(clock);
  const delivery = new Delivery({ registrar, endpoints, faults: pushes, log, random });
  const tokens = new AccessTokens(accessKey, resource.id);
  const limits = resolveLimits(options.limits);
  const emulation: Emulation = { clock, random, resourceId: resource.id, accessKey, store, tokens, limits, delivery };

  const limiter = new RateLimiter(clock, limits);
  const retention = new Retention(emulation);
  const { media } = options;
  const service = createCallService({
    emulation,
    log,
    options: options.calls ?? {},
    loadMedia: typeof media === 'function' ? () => media(clock) : media && (async () => media),
  });
  const automation = createCallAutomation({
    emulation,
    log,
    servers: service.servers,
    post: options.fetch ?? ((url, init) => fetch(url, init)),
  });
  const faults = new Faults({
    emulation,
    endpoints,
    requests,
    pushes,
    calls: service.faults,
    meetings: service.meetingFaults,
    callEvents: automation.faults,
  });
  const unknown = new UnknownRequests(onWarning);
  const operations = [
    ...identityOperations(emulation, limiter),
    ...exchangeOperations(
      emulation,
      options.verifyEntraToken ?? believeClaims(clock),
      options.requireAssignments ?? false,
    ),
    ...assignmentOperations(emulation),
    ...threadOperations(emulation, limiter, retention),
    ...messageOperations(emulation, limiter),
    ...participantOperations(emulation, limiter),
    ...signalOperations(emulation, limiter),
    ...realtimeOperations(emulation, endpoints, registrar),
    ...automation.operations,
    ...onlineMeetingOperations(emulation, service.meetings, options.verifyGraphToken ?? (() => true)),
  ];
  const handle = createRouter({
    emulation,
    verifyEntraToken: options.verifyEntraToken ?? believeClaims(clock),
    operations,
    faults: requests,
    log,
    unknown,
    cors: options.cors ?? 'service',
    onExchange: options.onExchange,
    onInternalError: (error) => onWarning(`defect: ${whereFailed(error)}`),
  });

  const core: Omit<EmulatorCore, 'control'> = {
    accessKey: resource.accessKey,
    resourceId: resource.id,
    faults,
    handle,
    connect: (url, socket) =>
      new URL(url).pathname === callingPath
        ? service.connect(socket)
        : openConnection(url, socket, { clock, endpoints, log }),
    calls: service.calls,
    eventGrid: automation.eventGrid,
    phones: service.phones,
    meetings: service.meetings,
    teamsUsers: service.teamsUsers,
    issueToken: (user, { scopes, lifeMs = 86_400_000, kind } = {}) => {
      requireKind(user, kind);
      const identity = ensureIdentity(emulation, user);
      const of = scopes ?? (kind === 'tpeAgent' ? ['voip'] : ['chat', 'voip']);
      return issueToken(emulation, identity, of, lifeMs, kind === 'tpeAgent' ? kind : undefined);
    },
    createUser: () => ensureIdentity(emulation, `8:acs:${resource.id}_${random.id()}`).id,
    log: () => log.entries(),
    unknownRequests: () => unknown.list(),
    snapshot: () => createSnapshot(store, endpoints, registrar, clock),
    close: () => {
      faults.dropSockets();
      automation.close();
      void service.close();
      clock.clear();
    },
  };
  return { ...core, control: createControl(core) };
}

/** Where pages open their signalling connection for calls. */
const callingPath = '/calling';

function requireKind(user: string, kind: TokenOptions['kind']): void {
  if (kind === undefined || user.startsWith('8:orgid:') === (kind === 'teamsUser')) return;
  throw new ContactCenterError('command/invalid', `unable to issue token; the user cannot be a ${kind}`, {
    field: 'kind',
  });
}

/** What failed where, without the error's message, which may quote what was sent. */
function whereFailed(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join('\n');
}

/** Shortest access key that is taken, in bytes. */
const minAccessKeyBytes = 16;

function readAccessKey(text: string): Buffer {
  const key = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (key.length >= minAccessKeyBytes && key.toString('base64') === text) return key;
  throw new ContactCenterError(
    'command/invalid',
    `unable to start the emulator; the access key is not base64 of at least ${minAccessKeyBytes} bytes`,
    { field: 'accessKey' },
  );
}

/** 64 bytes, as long as the keys that Azure gives out. */
function newAccessKey(random: Random): string {
  return createHash('sha512').update(random.id()).update(random.id()).digest('base64');
}
