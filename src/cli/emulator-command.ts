import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmulator, type Emulator } from 'onescreen/emulator';
import type { Command } from './command';
import { UsageError } from './usage-error';

/** `onescreen emulator`. */
export const emulatorCommand: Command = {
  usage: `Usage: onescreen emulator [options]

Starts the local emulator of Azure Communication Services on 127.0.0.1 and prints one line of JSON when it is ready.

  --port N           port of the service (default: any free one)
  --https            serve https with a throw-away authority; "ca" in the JSON line is the path of its certificate
  --data DIR         keep the data in this folder (default: memory only)
  --control-port N   port of the control surface: faults, state and log (default: none)
  --no-limits        switch sizes and rates off
  --access-key KEY   base64 access key (default: a new one)
`,
  run: runEmulator,
};

function readOptions(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      https: { type: 'boolean' },
      data: { type: 'string' },
      'control-port': { type: 'string' },
      'no-limits': { type: 'boolean' },
      'access-key': { type: 'string' },
    },
  }).values;
}

function readPort(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--${name} must be a port number`);
  return port;
}

function writeCa(emulator: Emulator): string | undefined {
  if (emulator.caCertificate === undefined) return undefined;
  const path = join(mkdtempSync(join(tmpdir(), 'onescreen-')), 'ca.pem');
  writeFileSync(path, emulator.caCertificate);
  return path;
}

async function runEmulator(args: readonly string[]): Promise<void> {
  const values = readOptions(args);
  const port = readPort(values.port, 'port');
  const controlPort = readPort(values['control-port'], 'control-port');
  const emulator = await startEmulator({
    ...(port !== undefined && { port }),
    ...(controlPort !== undefined && { controlPort }),
    ...(values.https === true && { https: true }),
    ...(values.data !== undefined && { dataFolder: values.data }),
    ...(values['no-limits'] === true && { limits: false }),
    ...(values['access-key'] !== undefined && { accessKey: values['access-key'] }),
    onWarning: (message) => console.warn(`emulator: ${message}`),
  });
  const ca = writeCa(emulator);
  const { endpoint, connectionString, controlEndpoint } = emulator;
  console.log(
    JSON.stringify({
      endpoint,
      connectionString,
      ...(ca !== undefined && { ca }),
      ...(controlEndpoint !== undefined && { control: controlEndpoint }),
    }),
  );

  const stop = () => {
    if (ca !== undefined) rmSync(dirname(ca), { recursive: true, force: true });
    void emulator.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
