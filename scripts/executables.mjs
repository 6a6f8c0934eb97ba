import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * A program that the tests need and that npm cannot bring.
 * @typedef {{
 *   readonly title: string,
 *   readonly variable: string,
 *   readonly names: readonly string[],
 *   readonly debianPackage: string,
 * }} Tool
 */

/** The programs by name; a further one is a further member here. */
export const tools = {
  /** @type {Tool} */
  chromium: {
    title: 'Chromium',
    variable: 'CHROMIUM_PATH',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debianPackage: 'chromium',
  },
  /** @type {Tool} */
  redis: {
    title: 'Redis',
    variable: 'REDIS_SERVER_PATH',
    names: ['redis-server', 'valkey-server'],
    debianPackage: 'redis-server',
  },
};

/**
 * The path of a tool: what its environment variable names, else the first of its names in PATH.
 * @param {Tool} tool
 * @returns {string | undefined}
 */
export function findExecutable(tool) {
  const named = process.env[tool.variable];
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return tool.names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
