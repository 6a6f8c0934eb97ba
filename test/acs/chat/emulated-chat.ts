import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChatClient, ChatThreadClient } from '@azure/communication-chat';
import type * as Chat from '@azure/communication-chat';
import { createLive, systemClock, systemRandom, type ChatContext, type ChatProvider, type Tokens } from 'onescreen';
import { acsChat, type AcsChatModule, type AcsChatOptions } from 'onescreen/acs/chat';
import type { Emulator, StartEmulatorOptions } from 'onescreen/emulator';
import { EMPTY } from 'rxjs';
import { installBrowserGlobals } from '../../emulator/browser-globals';
import { startEmulator } from '../../emulator/checked-emulator';
import { openChatClient, openIdentityClient } from '../../emulator/official-client';

/** The browser build of the official client, the only one with realtime. */
export async function loadBrowserChat(): Promise<AcsChatModule> {
  installBrowserGlobals();
  const main = createRequire(import.meta.url).resolve('@azure/communication-chat');
  const file = join(main.slice(0, main.indexOf(`${sep}dist${sep}`)), 'dist', 'browser', 'index.js');
  const module: typeof Chat = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return module;
}

export interface EmulatedUser {
  readonly id: string;
  readonly displayName: string;
  readonly tokens: Tokens;
  /** How often a token was turned away. */
  readonly refused: readonly string[];
  readonly context: ChatContext;
  /** A bare official client of this user. */
  readonly client: ChatClient;
  readonly thread: ChatThreadClient;
}

export interface EmulatedChat {
  readonly emulator: Emulator;
  readonly threadId: string;
  readonly customer: EmulatedUser;
  readonly agent: EmulatedUser;
  close(): Promise<void>;
}

/** A provider over the unmodified official browser build. */
export function liveAcsChat(options: AcsChatOptions = {}): ChatProvider {
  return acsChat({ realtime: true, loadChat: loadBrowserChat, ...options });
}

/** An emulator with a thread of two. */
export async function emulatedChat(options: StartEmulatorOptions = {}): Promise<EmulatedChat> {
  const emulator = await startEmulator(options);
  const identities = openIdentityClient(emulator.connectionString);
  const service = await identities.createUserAndToken(['chat']);
  const owner = await openChatClient({ endpoint: emulator.endpoint, token: service.token });
  const users = await Promise.all([identities.createUser(), identities.createUser()]);
  const participants = users.map((id, index) => ({ id, displayName: index === 0 ? 'Carla' : 'Anton' }));
  const { chatThread } = await owner.createChatThread({ topic: 'Help' }, { participants });
  const threadId = chatThread?.id ?? '';
  const [customer, agent] = await Promise.all(
    users.map(async (user, index): Promise<EmulatedUser> => {
      const displayName = index === 0 ? 'Carla' : 'Anton';
      const refused: string[] = [];
      let held: Promise<{ token: string; expiresAt: number }> | undefined;
      const issue = async () => {
        const { token, expiresOn } = await identities.getToken(user, ['chat']);
        return { token, expiresAt: expiresOn.getTime() };
      };
      const tokens: Tokens = {
        async get(_audience, turnedAway) {
          if (turnedAway !== undefined && (await held)?.token === turnedAway) {
            refused.push(turnedAway);
            held = undefined;
          }
          held ??= issue();
          return held;
        },
      };
      const { token } = await issue();
      const client = await openChatClient({ endpoint: emulator.endpoint, token });
      const context: ChatContext = {
        conversationId: 'conversation',
        channelId: 'channel',
        providerRefs: { endpoint: emulator.endpoint, threadId },
        self: { participantId: displayName, displayName, providerRefs: { acs: user.communicationUserId } },
        open$: createLive(true).live,
        tokens,
        controlPlane: {
          pushes$: EMPTY,
          online$: createLive(true).live,
          command: () => Promise.reject(new Error('this provider needs no control plane')),
        },
        clock: systemClock,
        random: systemRandom,
      };
      return {
        ...{ id: user.communicationUserId, displayName, tokens, refused, context, client },
        thread: client.getChatThreadClient(threadId),
      };
    }),
  );
  return { emulator, threadId, customer: customer!, agent: agent!, close: () => emulator.close() };
}
