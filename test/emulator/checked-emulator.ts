import {
  createEmulator as create,
  startEmulator as start,
  type Emulator,
  type EmulatorCore,
  type EmulatorOptions,
  type StartEmulatorOptions,
} from 'onescreen/emulator';
import { afterAll, afterEach, expect } from 'vitest';
import { Misfits } from './misfits';

// Every answer of every emulator that a test starts is checked against the published descriptions, whoever asked.

const misfits = new Misfits();

/** Fails when an answer so far did not fit its description. */
export function expectNoMisfits(): void {
  expect(misfits.take()).toEqual([]);
}

afterEach(expectNoMisfits);
afterAll(expectNoMisfits);

export function createEmulator(options: EmulatorOptions = {}): EmulatorCore {
  return create({ onExchange: misfits.check, ...options });
}

export function startEmulator(options: StartEmulatorOptions = {}): Promise<Emulator> {
  return start({ onExchange: misfits.check, ...options });
}

/** For what starts an emulator by itself. */
export const checked = { onExchange: misfits.check } as const;
