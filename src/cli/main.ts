#!/usr/bin/env node
import type { Command } from './command';
import { doctorCommand } from './doctor-command';
import { emulatorCommand } from './emulator-command';
import { simulateCommand } from './simulate-command';
import { UsageError } from './usage-error';

const commands: ReadonlyMap<string, Command> = new Map([
  ['emulator', emulatorCommand],
  ['doctor', doctorCommand],
  ['simulate', simulateCommand],
]);

const usage = [...commands.values()].map((command) => command.usage).join('\n');

async function main([name, ...args]: readonly string[]): Promise<void> {
  const command = commands.get(name ?? '');
  const wantsHelp = [name, ...args].some((arg) => arg === '--help' || arg === '-h');
  if (wantsHelp) return void process.stdout.write(command?.usage ?? usage);
  if (command === undefined)
    throw new UsageError(name === undefined ? 'no command is named' : `unknown command: ${name}`);
  await command.run(args);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`onescreen: ${message}\n${error instanceof UsageError ? `\n${usage}` : ''}`);
  process.exitCode = 1;
});
