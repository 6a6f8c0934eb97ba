import type { Emulation } from '../emulation';
import { admit } from './admission';
import type { Party } from './call';
import { CallEndpoint, type EndpointLink } from './call-endpoint';
import type { CallSwitch } from './call-switch';
import { ClientLine } from './client-line';
import { CallRefusal, ends } from './end-reasons';
import type { CallingRequest, EndFrame } from './frames';

/** Websocket close code for a token that has expired (chosen: as HTTP 401, in the range that is free for use). */
export const invalidTokenCode = 4401;
export const invalidTokenReason = 'invalidToken';

type Registering = Extract<CallingRequest, { readonly type: 'register' }>;

export interface CallClientsOptions {
  readonly emulation: Emulation;
  readonly calls: CallSwitch;
  /** How long the calls of a lost endpoint are kept, in milliseconds. */
  readonly ghostMs: number;
  /** Whether a page that registers while its user's call rings is rung, too. The service's behaviour is not documented. */
  readonly ringLate: boolean;
}

/** Which pages are registered, and what their coming and going means for their calls. */
export class CallClients {
  readonly #options: CallClientsOptions;
  readonly #endpoints = new Set<CallEndpoint>();

  constructor(options: CallClientsOptions) {
    this.#options = options;
  }

  get all(): Iterable<CallEndpoint> {
    return this.#endpoints;
  }

  /** Registers a page. `returned`: it is one that was lost, its calls go on. Throws CallRefusal. */
  register(request: Registering, link: EndpointLink): { readonly endpoint: CallEndpoint; readonly returned: boolean } {
    const { emulation } = this.#options;
    const { user, tokenKind, expiresAt } = admit(emulation, request.token);
    if (request.kind === 'TeamsCallAgent' && tokenKind === 'acsUser') throw new CallRefusal(ends.needsTeamsToken);
    if (request.kind === 'CallAgent' && tokenKind === 'teamsUser') throw new CallRefusal(ends.needsAcsToken);
    if (request.displayName !== undefined && tokenKind === 'teamsUser') throw new CallRefusal(ends.displayNameRefused);
    const id = request.endpoint ?? emulation.random.id();
    const known = [...this.#endpoints].find((one) => one.id === id && one.user === user);
    const endpoint = known ?? new CallEndpoint(id, user, tokenKind, request.displayName);
    const older = endpoint.link;
    endpoint.attach(link);
    older?.terminate();
    this.#endpoints.add(endpoint);
    this.#watchExpiry(endpoint, expiresAt);
    if (known === undefined && this.#options.ringLate) this.#ringLate(endpoint);
    return { endpoint, returned: known !== undefined };
  }

  /** Takes a new token for the same user. Throws CallRefusal 401/40235. */
  refresh(endpoint: CallEndpoint, token: string): void {
    const { user, expiresAt } = admit(this.#options.emulation, token);
    if (user !== endpoint.user) throw new CallRefusal(ends.registrationRefused);
    this.#watchExpiry(endpoint, expiresAt);
  }

  /** Where a call to a user rings, or why nowhere. `persona`: only endpoints with this kind of token can take it. */
  line(user: string, persona?: 'tpeAgent'): ClientLine {
    return new ClientLine(() => {
      const online = [...this.#endpoints].filter((one) => one.user === user && one.online);
      if (online.length === 0) return ends.notRegistered;
      const fit = online.filter(({ tokenKind }) => persona === undefined || tokenKind === persona);
      return fit.length > 0 ? fit : ends.setupUnfinished;
    });
  }

  /** The connection is lost: for a while the page may come back. */
  lost(endpoint: CallEndpoint, link: EndpointLink): void {
    if (endpoint.link !== link) return;
    endpoint.detach();
    if (endpoint.legs.size === 0) return this.#remove(endpoint);
    const { clock } = this.#options.emulation;
    endpoint.cancelGhost = clock.schedule(this.#options.ghostMs, () => this.#end(endpoint, ends.vanished));
  }

  /** Ends registrations as if their tokens had expired: of one user, or of all. */
  expire(user?: string): void {
    for (const endpoint of [...this.#endpoints])
      if (user === undefined || endpoint.user === user) this.#expire(endpoint);
  }

  close(): void {
    for (const endpoint of [...this.#endpoints]) {
      endpoint.link?.terminate();
      this.#remove(endpoint);
    }
  }

  #watchExpiry(endpoint: CallEndpoint, expiresAt: number): void {
    const { clock } = this.#options.emulation;
    endpoint.cancelExpiry();
    endpoint.cancelExpiry = clock.schedule(expiresAt - clock.now(), () => this.#expire(endpoint));
  }

  #expire(endpoint: CallEndpoint): void {
    const { link } = endpoint;
    this.#end(endpoint, ends.tokenExpired);
    link?.close(invalidTokenCode, invalidTokenReason);
  }

  /** The page is gone for good, and so are its parts in calls. */
  #end(endpoint: CallEndpoint, end: EndFrame): void {
    for (const party of new Set(endpoint.legs.values())) {
      if (!(party.line instanceof ClientLine)) continue;
      if (party.line.endpoint === endpoint) {
        this.#options.calls.leave(party, end, ends.vanished);
        continue;
      }
      party.line.silence(party, endpoint, end);
      if (party.line.ringing.size === 0) this.#options.calls.refuse(party, ends.notRegistered);
    }
    this.#remove(endpoint);
  }

  #remove(endpoint: CallEndpoint): void {
    endpoint.cancelExpiry();
    endpoint.cancelGhost();
    endpoint.detach();
    this.#endpoints.delete(endpoint);
  }

  #ringLate(endpoint: CallEndpoint): void {
    for (const call of this.#options.calls.calls) {
      const party = call.find(endpoint.user);
      if (party?.status === 'ringing' && party.line instanceof ClientLine && party.line.endpoint === undefined)
        party.line.ringAt(party, endpoint);
    }
  }
}

/** The party's own line when a page is at the other end of it. */
export function clientLineOf(party: Party): ClientLine | undefined {
  return party.line instanceof ClientLine ? party.line : undefined;
}
