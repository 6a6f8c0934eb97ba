import { spawnSync } from 'node:child_process';
import { findExecutable, tools } from './executables.mjs';

/**
 * Makes sure that the programs the tests need are there: installs Debian's package where that is
 * possible, and otherwise says what to run. Exits with 1 when one is missing in the end.
 */
const missing = Object.values(tools).filter((tool) => findExecutable(tool) === undefined);

for (const tool of missing) {
  const named = process.env[tool.variable];
  if (named) fail(`${tool.variable} is set to ${named}, which is not an executable file; correct it or unset it`);
}

if (missing.length > 0) {
  const packages = missing.map((tool) => tool.debianPackage);
  const titles = missing.map((tool) => tool.title).join(' and ');
  const commands = [
    ['apt-get', 'update'],
    ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages],
  ];
  const advice = [
    `${titles} missing, which the tests need. On Debian or Ubuntu run:`,
    ...commands.map((command) => `  sudo ${command.join(' ')}`),
    'Elsewhere install it your way and name the program:',
    ...missing.map((tool) => `  export ${tool.variable}=/path/to/${tool.names[0]}`),
  ].join('\n');

  const hasApt = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
  if (!hasApt || process.getuid?.() !== 0) fail(advice);

  for (const [program = '', ...args] of commands) {
    console.log(`prerequisites: ${titles} missing; running ${program} ${args.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    if (status !== 0) fail(`${program} ${args[0]} failed.\n${advice}`);
  }
}

for (const tool of Object.values(tools)) {
  const path = findExecutable(tool);
  if (path === undefined) fail(`${tool.title} is still missing after its package was installed`);
  console.log(`prerequisites: ${tool.title} is ${path}`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`prerequisites: ${message}`);
  process.exit(1);
}
