import type { Redis } from 'ioredis';

/** A connection that a Redis has. */
export interface Place {
  readonly id: string;
  /** What it was last used for. */
  readonly command: string;
}

/** The connections that a Redis has of others than those who ask about them. */
export async function placesOf(admin: Redis): Promise<readonly Place[]> {
  const list = String(await admin.client('LIST'));
  const all = [...list.matchAll(/^id=(\d+).* cmd=(\S+)/gm)].map(([, id = '', command = '']) => ({ id, command }));
  return all.filter(({ command }) => !/^(client|info)/.test(command));
}

/** Breaks all connections but those that wait for something to read. */
export async function breakWriting(admin: Redis): Promise<void> {
  for (const place of await placesOf(admin)) if (!isReading(place)) await admin.call('CLIENT', 'KILL', 'ID', place.id);
}

export function isReading({ command }: Place): boolean {
  return /xread|subscribe/.test(command);
}
