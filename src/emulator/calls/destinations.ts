import type { Line } from './call';
import type { CallClients } from './call-clients';
import type { CallEndpoint } from './call-endpoint';
import { ends } from './end-reasons';
import type { EndFrame } from './frames';
import type { CallServers } from './call-servers';
import type { Phones } from './phones';

/** Longest ring, in milliseconds: of pages, and of phones. Source: azure-docs, communication-services/concepts/service-limits.md. */
export const ringMs = { client: 85_000, phone: 115_000 } as const;

/** Milliseconds within which a server must answer. Source: azure-docs, …/teams-phone-extensibility-optimize-latency.md. */
export const serverAnswerMs = 30_000;

/** Finds the line behind a raw id. */
export class Destinations {
  readonly #clients: CallClients;
  readonly #servers: CallServers;
  readonly #phones: () => Phones;
  readonly #simulated: (rawId: string) => Line | undefined;

  constructor(parts: {
    clients: CallClients;
    servers: CallServers;
    phones: () => Phones;
    /** The line of a simulated person. */
    simulated: (rawId: string) => Line | undefined;
  }) {
    this.#simulated = parts.simulated;
    this.#clients = parts.clients;
    this.#servers = parts.servers;
    this.#phones = parts.phones;
  }

  /** Whom a raw id reaches, for somebody or for a server; an end for nobody. */
  find(rawId: string, from?: CallEndpoint, persona?: 'tpeAgent'): { readonly line: Line } | EndFrame {
    const number = rawId.startsWith('4:') ? rawId.slice(2) : undefined;
    const account = rawId.startsWith('28:orgid:') ? rawId : number && this.#servers.accountOf(number);
    if (account !== undefined && account !== '') return this.account(account, account);
    if (number !== undefined) {
      // Teams Phone extensibility agents have no number of their own to call from.
      if (from?.tokenKind === 'tpeAgent') return ends.callerIdMissing;
      return { line: this.#phones().line(number) };
    }
    if (rawId.startsWith('8:')) return { line: this.#simulated(rawId) ?? this.#clients.line(rawId, persona) };
    return ends.phoneUnknown;
  }

  /** The server of a resource account; `onBehalfOf`: who calls `to` in its name. */
  account(account: string, to: string, onBehalfOf?: string): { readonly line: Line } | EndFrame {
    const line = this.#servers.line(account, { to, onBehalfOf: onBehalfOf === undefined ? undefined : account });
    return line === undefined ? ends.noServer : { line };
  }

  ringMs(rawId: string): number {
    if (rawId.startsWith('28:') || this.#servers.accountOf(rawId.slice(2)) !== undefined) return serverAnswerMs;
    return rawId.startsWith('4:') ? ringMs.phone : ringMs.client;
  }
}
