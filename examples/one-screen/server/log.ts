import type { Logger } from 'onescreen/server';

/** Warnings and errors of the control plane, on the console. They hold ids and reasons, never what was said. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (event, fields) => console.warn(event, fields),
  error: (event, fields) => console.error(event, fields),
};
