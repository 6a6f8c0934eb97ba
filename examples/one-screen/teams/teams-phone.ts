import type { IncomingCallCommon, TeamsCall, TeamsCallAgent, TeamsIncomingCall } from '@azure/communication-calling';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { emulatedCalling, type EmulatedCallingSdk } from 'onescreen/emulator/calling';
import { teamsToken, type TeamsPerson, type TeamsSide } from './teams-side';

/** One person's Teams: joins meetings and is asked into them. */
export interface TeamsPhone {
  readonly sdk: EmulatedCallingSdk;
  /** The call that the person is in, if any. */
  call(): TeamsCall | undefined;
  /** Who asks the person in. */
  incoming(): IncomingCallCommon | undefined;
  join(joinLink: string): Promise<void>;
  accept(): Promise<void>;
  startVideo(): Promise<void>;
  close(): Promise<void>;
}

export async function openTeamsPhone({ endpoint }: TeamsSide, person: TeamsPerson): Promise<TeamsPhone> {
  const sdk = emulatedCalling({ endpoint });
  const client = new sdk.CallClient();
  const devices = await client.getDeviceManager();
  await devices.askDevicePermission({ audio: true, video: true });
  const agent: TeamsCallAgent = await client.createTeamsCallAgent(
    new AzureCommunicationTokenCredential(await teamsToken(person)),
  );
  let ringing: TeamsIncomingCall | undefined;
  agent.on('incomingCall', ({ incomingCall }) => {
    ringing = incomingCall;
    incomingCall.on('callEnded', () => {
      if (ringing === incomingCall) ringing = undefined;
    });
  });
  const call = () => agent.calls.find(({ state }) => state !== 'Disconnected');
  return {
    sdk,
    call,
    incoming: () => ringing,
    async join(meetingLink) {
      await call()?.hangUp();
      agent.join({ meetingLink });
    },
    async accept() {
      await ringing?.accept();
      ringing = undefined;
    },
    async startVideo() {
      const [camera] = await devices.getCameras();
      if (camera !== undefined) await call()?.startVideo(new sdk.LocalVideoStream(camera));
    },
    close: () => agent.dispose(),
  };
}
