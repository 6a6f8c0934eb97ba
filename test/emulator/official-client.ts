import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as OfficialChat from '@azure/communication-chat';
import type { ChatClient, ChatClientOptions } from '@azure/communication-chat';
import { AzureCommunicationTokenCredential, type CommunicationTokenRefreshOptions } from '@azure/communication-common';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { installBrowserGlobals } from './browser-globals';
import { loopbackOptions } from './loopback-options';

/** Where and as whom an official chat client connects. */
export interface OfficialChatClientOptions {
  /** Loopback, http or https. */
  readonly endpoint: string;
  /** A token, or how to get one. */
  readonly token: string | CommunicationTokenRefreshOptions;
  readonly clientOptions?: ChatClientOptions;
}

/** The unmodified identity client, allowed to talk http to loopback. */
export function openIdentityClient(connectionString: string): CommunicationIdentityClient {
  return new CommunicationIdentityClient(connectionString, { allowInsecureConnection: true });
}

/** The unmodified official chat client in its browser build, the only one with realtime. */
export async function openChatClient({
  endpoint,
  token,
  clientOptions,
}: OfficialChatClientOptions): Promise<ChatClient> {
  const { ChatClient: Client } = await loadBrowserBuild();
  const { url, options } = loopbackOptions(endpoint, clientOptions);
  const credential =
    typeof token === 'string'
      ? new AzureCommunicationTokenCredential(token)
      : new AzureCommunicationTokenCredential(token);
  return new Client(url, credential, options);
}

/** The browser build of the official chat package, with the globals that it needs. */
export async function loadBrowserBuild(): Promise<typeof OfficialChat> {
  installBrowserGlobals();
  const main = createRequire(import.meta.url).resolve('@azure/communication-chat');
  const folder = main.slice(0, main.indexOf(`${sep}dist${sep}`));
  const build: unknown = await import(
    /* @vite-ignore */ pathToFileURL(join(folder, 'dist', 'browser', 'index.js')).href
  );
  if (!isOfficialChat(build)) throw new Error('unable to load the official chat client; it has no ChatClient');
  return build;
}

function isOfficialChat(value: unknown): value is typeof OfficialChat {
  return typeof value === 'object' && value !== null && 'ChatClient' in value;
}
