import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureBuilt } from '../../scripts/built.mjs';
import { root } from '../../scripts/entries.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed tarball. */
    readonly tarball: string;
    /** A folder whose node_modules holds the unpacked package beside links to everything it needs. */
    readonly consumer: string;
    /** The same without the calling package and what carries the emulator's audio: for who only chats. */
    readonly chatConsumer: string;
    /** The same without any optional peer. */
    readonly bareConsumer: string;
  }
}

/** Builds when dist is missing or stale, packs the package as npm would publish it, and installs it for a consumer. */
export default function setup(project: TestProject): () => void {
  ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'onescreen-packed-'));
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const name = execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim();
  const tarball = join(folder, name);
  const consumer = join(folder, 'consumer');
  const chatConsumer = join(folder, 'chat-consumer');
  const bareConsumer = join(folder, 'bare-consumer');
  install(consumer, tarball, [...common, ...forChat, ...forCalls]);
  install(chatConsumer, tarball, [...common, ...forChat]);
  install(bareConsumer, tarball, common);
  project.provide('tarball', tarball);
  project.provide('consumer', consumer);
  project.provide('chatConsumer', chatConsumer);
  project.provide('bareConsumer', bareConsumer);
  return () => rmSync(folder, { recursive: true, force: true });
}

const forChat = ['@azure/communication-chat', '@azure/communication-common', '@azure/communication-identity', 'react'];
const forCalls = ['@azure/communication-calling', 'werift'];
/** The official calling package under other names, for tests of ours. */
const ours = ['calling-1', 'calling-2'];
const common = readdirSync(join(root, 'node_modules')).filter(
  (name) => !name.startsWith('.') && name !== '@azure' && ![...forChat, ...forCalls, ...ours].includes(name),
);

/** Unpacks the tarball into a folder's node_modules and links what else is installed there. */
function install(folder: string, tarball: string, names: readonly string[]): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@azure'), { recursive: true });
  for (const name of names) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  renameSync(join(folder, 'package'), join(modules, 'onescreen'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
}
