import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ContactCenterError } from 'onescreen';
import type { Journal } from './create-emulator';
import { isJsonObject } from './http/validation';
import type { EmulatorRecord } from './records';
import { Store } from './store';

/** A journal in a folder. */
export interface JournalFile extends Journal {
  close(): void;
}

/**
 * Opens the journal of a data folder: one JSON record, or list of records that belong together, a line,
 * appended before a request is answered, so that it survives a killed process. A line cut short by that
 * is dropped; the file is rewritten to the fewest records at each opening. Throws `command/invalid` when the folder holds something else.
 */
export function openJournal(folder: string): JournalFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'journal.jsonl');
  const records = compact(existsSync(path) ? readRecords(readFileSync(path, 'utf8')) : []);
  rewrite(path, records);
  const file = openSync(path, 'a', 0o600);
  let open = true;
  return {
    records,
    append: (...records) => {
      if (open) writeAll(file, line(records));
    },
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

function readRecords(text: string): readonly EmulatorRecord[] {
  const lines = text.split('\n');
  // What follows the last newline was never completely written.
  lines.pop();
  return lines.flatMap((content, index) => {
    const parsed: unknown = parse(content);
    const records: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    if (!records.every(isRecord)) {
      throw new ContactCenterError(
        'command/invalid',
        `unable to read the emulator's data; line ${index + 1} of the journal is damaged`,
        { field: 'dataFolder' },
      );
    }
    return records;
  });
}

function compact(records: readonly EmulatorRecord[]): readonly EmulatorRecord[] {
  const store = new Store();
  for (const record of records) store.restore(record);
  return [...store.records()];
}

function rewrite(path: string, records: readonly EmulatorRecord[]): void {
  const next = `${path}.next`;
  const file = openSync(next, 'w', 0o600);
  for (const record of records) writeAll(file, line([record]));
  fsyncSync(file);
  closeSync(file);
  renameSync(next, path);
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

const line = (records: readonly EmulatorRecord[]) => `${JSON.stringify(records.length === 1 ? records[0] : records)}\n`;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const kinds = ['resource', 'identity', 'assignment', 'thread', 'message', 'receipt'];

/** Only this module writes the file, so that the kind and its member are proof enough of the rest. */
function isRecord(value: unknown): value is EmulatorRecord {
  if (!isJsonObject(value) || typeof value.kind !== 'string' || !kinds.includes(value.kind)) return false;
  return isJsonObject(value[value.kind]);
}
