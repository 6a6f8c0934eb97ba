import { ContactCenterClient, type Offer, type Task, type VoiceProvider } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import {
  inProcessSocket,
  type DropOptions,
  type FrameServer,
  type ScriptedVoice,
  type SeededRandom,
} from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { countedControlPlane, CountedLive, countedStream, countedWorld, type Held, type World } from './held';

export interface TabOptions {
  readonly world: Omit<World, 'socket'>;
  readonly held: Held;
  readonly server: FrameServer;
  readonly voice: ScriptedVoice;
  readonly random: SeededRandom;
  readonly tokenLifeMs: number;
  readonly offered: (offer: Offer) => void;
  readonly event: () => void;
}

/** One tab of the agent's browser, with the real client in it. */
export interface DeskTab {
  readonly client: ContactCenterClient;
  readonly online: boolean;
  task(id: string): Task | undefined;
  drop(options: DropOptions): void;
  restore(): void;
  close(): Promise<void>;
}

export function openTab(options: TabOptions): DeskTab {
  const { world, held, voice, random, server, tokenLifeMs } = options;
  const socket = inProcessSocket(server, world.clock);
  const client = new ContactCenterClient({
    controlPlane: countedControlPlane(controlPlane('http://desk.test'), held),
    tokens: async () => ({ token: 'ada', expiresOn: world.clock.now() + tokenLifeMs, kind: 'tpeAgent' }),
    providers: [serverChat(), voiceProvider(voice, held)],
    environment: { ...countedWorld({ ...world, socket }, held), random },
  });
  client.offered$.subscribe(options.offered);
  client.events$.subscribe(options.event);
  return {
    client,
    get online() {
      return client.session$.value.status === 'online';
    },
    task: (id) => client.tasks$.value.find((task) => task.id === id),
    drop: (how) => socket.drop(how),
    restore: () => socket.restore(),
    async close() {
      await client.close();
      // A cut that would have ended by itself is nothing of the desk's.
      socket.restore();
    },
  };
}

function voiceProvider(voice: ScriptedVoice, held: Held): VoiceProvider {
  return {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['tpeAgent'],
    open: (context) =>
      createVoice(context, {
        tokenKinds: ['tpeAgent'],
        open(endpointContext) {
          const release = held.take('voice endpoints');
          const endpoint = voice.open(endpointContext);
          const { devices } = endpoint;
          return {
            ...endpoint,
            registration$: new CountedLive(endpoint.registration$, held, 'listeners to voice'),
            incoming$: countedStream(endpoint.incoming$, held, 'listeners to voice'),
            devices: { ...devices, state$: new CountedLive(devices.state$, held, 'listeners to voice') },
            async close() {
              release();
              await endpoint.close();
            },
          };
        },
      }),
  };
}
