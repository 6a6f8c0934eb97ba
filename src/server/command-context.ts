import { AsyncLocalStorage } from 'node:async_hooks';

/** A command that is being carried out. */
export interface CommandUnderWay {
  readonly id: string;
  readonly name: string;
  /** Whose it is; left out for a customer's. */
  readonly agentId?: string;
  /** What a server before this one had taken down of it already. */
  readonly begun?: readonly string[];
}

const underWay = new AsyncLocalStorage<{ readonly command: CommandUnderWay; isOver: boolean }>();

/** Carries out a command; what is taken down until it is answered is known to be its doing. */
export async function carryOut<T>(command: CommandUnderWay, run: () => Promise<T>): Promise<T> {
  const store = { command, isOver: false };
  try {
    return await underWay.run(store, run);
  } finally {
    store.isOver = true;
  }
}

/** The command that whatever runs now is a part of. */
export function commandUnderWay(): CommandUnderWay | undefined {
  const store = underWay.getStore();
  return store === undefined || store.isOver ? undefined : store.command;
}
