import type { LogEntry } from '../protocol/log-entry';

/** Entries as pages may be sent them: without what is for stores and servers alone. */
export function forPages(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.filter(isForPages).map(withoutKept);
}

export function isForPages({ type }: LogEntry): boolean {
  return type !== 'conversation-ended' && type !== 'kept';
}

export function withoutKept({ kept: _, ...entry }: LogEntry): LogEntry {
  return entry;
}
