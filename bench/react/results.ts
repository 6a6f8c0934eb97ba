import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { versionOf } from './browser';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Whether an option that lists what is wanted lists this one, or is not given. */
export function isWanted(list: string | undefined, one: string | number): boolean {
  return list?.split(',').includes(`${one}`) ?? true;
}

/** Writes a part of `bench/results/react.json`; the others stay. */
export async function writeResults(
  part: 'rows' | 'timeline' | 'imports',
  figures: readonly object[],
  chromium: string,
): Promise<void> {
  const file = here('../results/react.json');
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const results = {
    ...(typeof before === 'object' ? before : {}),
    [part]: {
      at: new Date().toISOString(),
      chromium,
      cpu: cpus()[0]?.model ?? '',
      cores: availableParallelism(),
      load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
      versions: {
        'react 18': versionOf('../node_modules/react'),
        'react 19': versionOf('../../node_modules/react'),
        '@azure/communication-react': versionOf('../node_modules/@azure/communication-react'),
        '@fluentui/react-components': versionOf('../../node_modules/@fluentui/react-components'),
      },
      figures,
    },
  };
  mkdirSync(here('../results/'), { recursive: true });
  writeFileSync(file, await format(JSON.stringify(results), { ...(await resolveConfig(file)), parser: 'json' }));
}
