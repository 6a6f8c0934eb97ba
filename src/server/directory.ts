import { ContactCenterError } from 'onescreen';
import type { RoutingEngine, WorkerSnapshot } from 'onescreen/routing';
import type { DirectoryRecord } from '../protocol/agent-frames';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { isPhoneNumber } from './call-failure';
import { errorFields } from 'onescreen/logging';
import type { AgentIdentity, ResolvedOptions } from './options';
import { hasRoom } from './room';

/** Somebody outside, as the vendor's own directory knows them. `teamsUser` and `voicemail` are object ids of Teams users. */
export type Contact = { readonly displayName: string; readonly detail?: string } & (
  { readonly phone: string } | { readonly teamsUser: string } | { readonly voicemail: string }
);

/** What an agent looks for. */
export interface DirectoryQuery {
  /** What the agent has typed, trimmed; empty: anybody. Untrusted. */
  readonly text: string;
  /** Most contacts that are shown. */
  readonly limit: number;
  readonly agent: AgentIdentity;
}

/** Entries of one answer: unless asked for fewer, and the most (chosen). */
const usualEntries = 20;
const mostEntries = 100;

interface DirectoryParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly engine: RoutingEngine;
}

/** Agents who are signed in, queues, and the vendor's contacts; each kind gets its share of `limit`. Never rejects. */
export async function searchDirectory(
  parts: DirectoryParts,
  agent: Agent,
  { text = '', limit = usualEntries }: { readonly text?: string; readonly limit?: number },
): Promise<readonly DirectoryRecord[]> {
  const wanted = text.trim().toLowerCase();
  const most = Math.min(limit, mostEntries);
  const holds = ({ displayName, detail = '' }: DirectoryRecord) =>
    displayName.toLowerCase().includes(wanted) || detail.toLowerCase().includes(wanted);
  const agents = [...agentsFor(parts, agent)].filter(holds).sort(byName);
  const queues = [...queuesOf(parts)].filter(holds).sort(byName);
  const contacts = await contactsFor(parts, agent, { text: text.trim(), limit: most });
  return shared([agents, queues, contacts], most);
}

function* agentsFor({ agents, engine }: DirectoryParts, { id: self }: Agent): Generator<DirectoryRecord> {
  for (const { id, identity, availability, connected, leaving } of agents.all()) {
    if (id === self || leaving !== undefined) continue;
    yield {
      kind: 'agent',
      displayName: identity.displayName,
      target: { agent: id },
      availability: connected ? availability : { kind: 'unavailable', reason: 'agent-disconnected' },
      busy: isBusy(engine.worker(id)),
    };
  }
}

function* queuesOf({ options, engine }: DirectoryParts): Generator<DirectoryRecord> {
  for (const id of options.queues.keys()) {
    const { name = id, length: waiting = 0, availableWorkers: available = 0 } = engine.queue(id) ?? {};
    yield { kind: 'queue', displayName: name, target: { queue: id }, waiting, available };
  }
}

async function contactsFor(
  { options }: DirectoryParts,
  { id: agentId, identity }: Agent,
  query: { readonly text: string; readonly limit: number },
): Promise<readonly DirectoryRecord[]> {
  const { directory, hooks, logger } = options;
  if (directory === undefined) return [];
  const context = { hook: 'directory', agentId } as const;
  try {
    const contacts = await hooks.call(context, async () => {
      const found: unknown = await directory({ ...query, agent: identity });
      if (isList(found)) return found;
      throw new ContactCenterError('command/invalid', 'unable to use contacts; they are no list', {
        field: 'directory',
      });
    });
    const records = contacts.map(contactRecord);
    if (records.includes(undefined)) {
      const why =
        'unable to use contact; it needs a displayName, and a phone (+ and digits), a teamsUser or a voicemail';
      hooks.report(new ContactCenterError('command/invalid', why, { field: 'directory' }), context);
    }
    return records.filter((record) => record !== undefined).slice(0, query.limit);
  } catch (error) {
    logger.warn('directory-failed', { agentId, ...errorFields(error) });
    return [];
  }
}

/** A contact of the vendor's as desks are told of it; undefined for one that nobody could reach. */
function contactRecord(contact: unknown): DirectoryRecord | undefined {
  if (typeof contact !== 'object' || contact === null) return undefined;
  const { displayName, detail, phone, teamsUser, voicemail }: Readonly<Record<string, unknown>> = { ...contact };
  if (!isText(displayName) || (detail !== undefined && typeof detail !== 'string')) return undefined;
  const names = {
    displayName: displayName.slice(0, 256),
    ...(detail !== undefined && { detail: detail.slice(0, 256) }),
  };
  if (isText(phone)) return isPhoneNumber(phone) ? { kind: 'contact', ...names, target: { phone } } : undefined;
  if (isText(teamsUser)) return { kind: 'contact', ...names, target: { teamsUser } };
  if (isText(voicemail)) return { kind: 'contact', ...names, target: { voicemail } };
  return undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Whether nothing more fits, of none of the worker's channels. */
function isBusy(worker: WorkerSnapshot | undefined): boolean {
  return worker !== undefined && !worker.channels.some(({ channel }) => hasRoom(worker, channel));
}

/** `most` of all kinds together, one of each at a time, so that no kind crowds out another. */
function shared(kinds: readonly (readonly DirectoryRecord[])[], most: number): readonly DirectoryRecord[] {
  const counts = kinds.map(() => 0);
  for (let left = most, before = -1; left > 0 && left !== before;) {
    before = left;
    for (const [index, kind] of kinds.entries()) {
      const count = counts[index] ?? 0;
      if (left === 0 || count >= kind.length) continue;
      counts[index] = count + 1;
      left -= 1;
    }
  }
  return kinds.flatMap((kind, index) => kind.slice(0, counts[index]));
}

function byName(one: DirectoryRecord, other: DirectoryRecord): number {
  return one.displayName.localeCompare(other.displayName);
}
