import { ContactCenterClient, isContactCenterError, type AccessToken, type Task } from 'onescreen';
import { acsVoice } from 'onescreen/acs/calling';
import { controlPlane } from 'onescreen/control-plane';
import { emulatedCalling } from 'onescreen/emulator/calling';

/** What an agent can do on this page, and what there is to see. Each answers how it went: `ok` or a code. */
export interface DeskHands {
  accept(): Promise<string>;
  decline(): Promise<string>;
  hangUp(): Promise<string>;
  mute(): Promise<string>;
  hold(): Promise<string>;
  resume(): Promise<string>;
  rejoin(): Promise<string>;
  available(): Promise<string>;
  complete(): Promise<string>;
  takeOver(): Promise<string>;
  state(): DeskState;
}

export interface DeskState {
  readonly offers: number;
  readonly tasks: readonly { readonly status: string; readonly call: string | undefined }[];
  readonly available: boolean;
  readonly leading: boolean;
  readonly openConnections: number;
}

declare global {
  interface Window {
    desk: DeskHands;
    connections: RTCPeerConnection[];
  }
}

const query = new URLSearchParams(location.search);
const server = query.get('server') ?? '';
const token = query.get('token') ?? '';

const client = new ContactCenterClient({
  controlPlane: controlPlane(server),
  tokens: async ({ audience }): Promise<AccessToken> => {
    if (audience === 'controlPlane') return { token, expiresOn: Date.now() + 3_600_000 };
    const response = await fetch(`${server}/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ audience }),
    });
    const answer: AccessToken = await response.json();
    return answer;
  },
  providers: [acsVoice({ persona: 'tpeAgent', sdk: emulatedCalling({ endpoint: query.get('emulator') ?? '' }) })],
});

const settled = async (command: Promise<unknown> | undefined): Promise<string> => {
  if (command === undefined) return 'nothing';
  try {
    await command;
    return 'ok';
  } catch (error) {
    if (isContactCenterError(error)) return error.code;
    throw error;
  }
};
const task = (status: string): Task | undefined => client.tasks$.value.find((one) => one.status$.value === status);
const call = () => task('assigned')?.conversation.channel('voice');

addEventListener('click', () => void client.devices.unlockAudio().catch(() => {}));
await client.signIn();
await client.devices.askPermission();

window.desk = {
  accept: () => settled(client.offers$.value[0]?.accept()),
  decline: () => settled(client.offers$.value[0]?.decline()),
  hangUp: () => settled(call()?.hangUp()),
  mute: () => settled(call()?.mute()),
  hold: () => settled(call()?.hold()),
  resume: () => settled(call()?.resume()),
  rejoin: () => settled(call()?.rejoin()),
  available: () => settled(client.agent.setAvailability({ kind: 'available' })),
  complete: () => settled(task('wrapping')?.wrapUp.complete({})),
  takeOver: () => settled(client.tabs.takeOver()),
  state: () => ({
    offers: client.offers$.value.length,
    tasks: client.tasks$.value.map((one) => ({
      status: one.status$.value,
      call: one.conversation.channel('voice')?.state$.value.status,
    })),
    available: client.readiness$.value.ready,
    leading: client.tabs.state$.value.leading,
    openConnections: window.connections.filter(({ connectionState }) => connectionState !== 'closed').length,
  }),
};
