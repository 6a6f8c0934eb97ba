import { dirname, posix, relative, resolve, sep } from 'node:path';
import { isBuiltin } from 'node:module';

/**
 * A room of src/. `level`: it may import rooms of its own level and below. `packages`: what else it
 * may import, by package name or scope; `*` is everything in package.json. `node`: Node's own modules too.
 * @typedef {{ readonly level: number, readonly packages: readonly string[], readonly node?: boolean }} Room
 */

const nothing = ['rxjs'];

/** The rooms of the core, which import each other by relative path. @type {Readonly<Record<string, Room>>} */
const core = {
  'errors.ts': { level: 0, packages: nothing },
  'live.ts': { level: 0, packages: nothing },
  'given.ts': { level: 0, packages: nothing },
  environment: { level: 0, packages: nothing },
  conversation: { level: 1, packages: nothing },
  protocol: { level: 1, packages: nothing },
  provider: { level: 2, packages: nothing },
  client: { level: 3, packages: nothing },
  'index.ts': { level: 4, packages: nothing },
};

/** The rooms above, which import the core and each other by the package's own name. @type {Readonly<Record<string, Room>>} */
const above = {
  routing: { level: 5, packages: ['rxjs'] },
  logging: { level: 5, packages: nothing },
  chat: { level: 5, packages: nothing },
  'control-plane': { level: 5, packages: ['rxjs', 'socket.io-client', 'dompurify'] },
  voice: { level: 5, packages: ['rxjs'] },
  acs: { level: 6, packages: ['rxjs', '@azure', 'dompurify'] },
  customer: { level: 6, packages: ['rxjs', 'socket.io-client', 'dompurify'] },
  react: { level: 6, packages: ['rxjs', 'react'] },
  server: { level: 7, packages: ['*'], node: true },
  emulator: { level: 8, packages: ['*'], node: true },
  testing: { level: 8, packages: ['*'], node: true },
  cli: { level: 9, packages: ['*'], node: true },
  'api.ts': { level: 10, packages: ['*'] },
};

/** Who may reach the plain types and guards of src/protocol by path. */
const protocolReaders = new Set(['control-plane', 'customer', 'server']);

/** @param {string} room */
const roomOf = (room) => core[room] ?? above[room];

/**
 * Keeps the wall between the core and what stands on it, and the order of the rooms.
 * @type {import('eslint').Rule.RuleModule}
 */
export const layers = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { source: { type: 'string' } }, additionalProperties: false }],
    messages: {
      unknown: 'src/{{room}} has no place in the layer order; give it one in scripts/lint/layers.mjs',
      upward: 'src/{{from}} must not import src/{{to}}, which stands above it',
      path: "src/{{from}} must import src/{{to}} by the package's own name, not by path",
      name: 'src/{{from}} is part of the core and must import src/{{to}} by relative path',
      package: 'src/{{from}} must not import {{name}}',
    },
  },
  create(context) {
    const source = resolve(context.cwd, 'src');
    const file = relative(source, context.filename).split(sep).join('/');
    const from = file.split('/')[0] ?? '';
    const room = roomOf(from);
    if (file.startsWith('..')) return {};
    if (room === undefined) {
      return { Program: (node) => context.report({ node, messageId: 'unknown', data: { room: from } }) };
    }

    /** @param {import('estree').Expression | null | undefined} node */
    const check = (node) => {
      if (node?.type !== 'Literal' || typeof node.value !== 'string') return;
      const name = node.value;
      if (name.startsWith('.')) return checkPath(node, name);
      if (name === 'onescreen' || name.startsWith('onescreen/')) return checkOwnName(node, name);
      const allowed = isBuiltin(name)
        ? room.node === true
        : room.packages.some((one) => one === '*' || name === one || name.startsWith(`${one}/`));
      if (!allowed) context.report({ node, messageId: 'package', data: { from, name } });
    };

    /** @type {(node: import('estree').Literal, name: string) => void} */
    const checkPath = (node, name) => {
      const target = relative(source, resolve(dirname(context.filename), name))
        .split(sep)
        .join('/');
      const first = target.split('/')[0] ?? '';
      const to = roomOf(first) === undefined && roomOf(`${first}.ts`) !== undefined ? `${first}.ts` : first;
      if (to === from) return;
      const there = roomOf(to);
      if (there === undefined) context.report({ node, messageId: 'unknown', data: { room: to } });
      else if (there.level > room.level) context.report({ node, messageId: 'upward', data: { from, to } });
      else if (!(from in core) && !(to === 'protocol' && protocolReaders.has(from))) {
        context.report({ node, messageId: 'path', data: { from, to } });
      }
    };

    /** @type {(node: import('estree').Literal, name: string) => void} */
    const checkOwnName = (node, name) => {
      const to = posix.normalize(name).split('/')[1] ?? 'index.ts';
      if (from in core) return context.report({ node, messageId: 'name', data: { from, to } });
      const there = roomOf(to);
      if (there === undefined) context.report({ node, messageId: 'unknown', data: { room: to } });
      else if (there.level > room.level) context.report({ node, messageId: 'upward', data: { from, to } });
    };

    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      /** @param {{ readonly source: import('estree').Expression }} node */
      TSImportType: (node) => check(node.source),
    };
  },
};
