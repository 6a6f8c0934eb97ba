import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom, type Clock } from 'onescreen';
import type { Finding } from '../../src/cli/doctor/finding';
import { runDoctor } from '../../src/cli/doctor/run-doctor';
import { readSettings, type DoctorFlags } from '../../src/cli/doctor/settings';

const root = fileURLToPath(new URL('../../', import.meta.url));
const loader = createRequire(import.meta.url).resolve('tsx');

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Of several findings with one name, the last. */
  readonly of: (check: string) => Finding;
}

/** What the doctor finds with these settings and no others. */
export async function doctor(
  env: Readonly<Record<string, string>>,
  flags: DoctorFlags = {},
  clock: Clock = systemClock,
): Promise<Diagnosis> {
  const findings = await runDoctor(readSettings(flags, env), { clock, random: systemRandom });
  return {
    findings,
    of(check) {
      const found = findings.filter((one) => one.check === check).at(-1);
      if (found === undefined) throw new Error(`no finding of ${check} in ${JSON.stringify(findings)}`);
      return found;
    },
  };
}

/** Runs `onescreen doctor` itself. */
export async function runCommand(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', loader, 'src/cli/main.ts', 'doctor', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, text: chunks.join('') };
}
