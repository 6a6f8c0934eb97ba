import type { RoutingCommand } from 'onescreen/routing';
import { isList } from './reply';

/**
 * Commands of one node, numbered from `first` on; `low` is the lowest number that it still waits for. What a leader adds
 * itself, ticks and answers of strategies, has no node and no numbers.
 */
export type CommandGroup = readonly [node: string, low: number, first: number, commands: readonly RoutingCommand[]];

/** A text of a group; `commands` are texts already. */
export function formatGroup(node: string, low: number, first: number, commands: readonly string[]): string {
  return `[${JSON.stringify(node)},${low},${first},[${commands.join()}]]`;
}

/** What one leader put into the log at once. */
export interface LogBatch {
  readonly token: number;
  /** The leader's time with its lease, by a name of its own: tokens are given out again where Redis has lost them. */
  readonly reign: string;
  /** The reign before, in the first batch of one. */
  readonly after?: string;
  /** By what it is decided what its commands do: `fingerprintOf` its leader's options. */
  readonly print: string;
  /** When its commands happen, epoch ms; never before those of the batch before. */
  readonly at: number;
  /** A batch, the number of the last event up to it, and the digest of offers up to it, as its leader had them. */
  readonly seen: readonly [batch: number, seq: number, digest: number];
  readonly groups: readonly CommandGroup[];
  /** Its leader leaves; named is who should lead next, or nobody in particular. Nothing is decided in such a batch. */
  readonly heir?: string;
}

/** A text of a log entry; `groups` are texts already. */
export function formatBatch(facts: Omit<LogBatch, 'groups'>, groups: readonly string[]): string {
  return `${JSON.stringify(facts).slice(0, -1)},"groups":[${groups.join()}]}`;
}

/** The batch of a log entry; undefined for what none of ours wrote. */
export function parseBatch(text: string): LogBatch | undefined {
  const value = parse(text);
  return isBatch(value) ? value : undefined;
}

/** The commands of an entry of the inbox; undefined for what none of ours wrote. */
export function parseGroup(text: string): CommandGroup | undefined {
  const value = parse(text);
  return isGroup(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isBatch(value: unknown): value is LogBatch {
  return (
    typeof value === 'object' &&
    value !== null &&
    'token' in value &&
    typeof value.token === 'number' &&
    'reign' in value &&
    typeof value.reign === 'string' &&
    'print' in value &&
    typeof value.print === 'string' &&
    'at' in value &&
    typeof value.at === 'number' &&
    'seen' in value &&
    Array.isArray(value.seen) &&
    'groups' in value &&
    Array.isArray(value.groups) &&
    value.groups.every(isGroup)
  );
}

function isGroup(value: unknown): value is CommandGroup {
  if (!isList(value)) return false;
  const [node, low, first, commands] = value;
  if (typeof node !== 'string' || typeof low !== 'number' || typeof first !== 'number') return false;
  return isList(commands) && commands.every(isCommand);
}

/** Whether a value can be a command at all; its fields are for the engine to check. */
function isCommand(value: unknown): value is RoutingCommand {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
