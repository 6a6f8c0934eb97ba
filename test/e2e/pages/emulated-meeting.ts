import type { Call, RemoteVideoStream, TeamsCall } from '@azure/communication-calling';
import { emulatedCalling } from 'onescreen/emulator/calling';

/** One person's page in a meeting, driven by its test. */
export interface MeetingPage {
  /** Resolves with the state once it is in, in the lobby, or out. */
  join(endpoint: string, token: string, link: string, teams: boolean): Promise<string>;
  /** Lets everybody in who waits; resolves with how many. */
  admit(): Promise<number>;
  startVideo(): Promise<void>;
  startSharing(): Promise<void>;
  stopSharing(): Promise<void>;
  /** Renders what somebody else shows, and resolves with its size once some frames were decoded. */
  watch(type: 'Video' | 'ScreenSharing'): Promise<{ readonly width: number; readonly frames: number }>;
  /** Resolves when nobody else shows this any more. */
  unseen(type: 'Video' | 'ScreenSharing'): Promise<void>;
  state(): Promise<string>;
  /** Leaves, and resolves with what is left on the page: elements that play, and open cameras. */
  leave(): Promise<number>;
}

declare global {
  interface Window {
    meeting: MeetingPage;
  }
}

/** Frames after which a picture counts as seen. */
const someFrames = 10;

async function until<T>(condition: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 150; tries++) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within 15 seconds: ${String(condition)}`);
}

let sdk: ReturnType<typeof emulatedCalling>;
let client: InstanceType<ReturnType<typeof emulatedCalling>['CallClient']>;
let agent: { dispose(): Promise<void> };
let call: Call | TeamsCall;

function stream(type: string): RemoteVideoStream | undefined {
  return call.remoteParticipants
    .flatMap(({ videoStreams }) => videoStreams)
    .find(({ mediaStreamType, isAvailable }) => mediaStreamType === type && isAvailable);
}

window.meeting = {
  async join(endpoint, token, link, teams) {
    sdk = emulatedCalling({ endpoint });
    client = new sdk.CallClient();
    const credential = {
      getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
      dispose: () => {},
    };
    const created = teams
      ? await client.createTeamsCallAgent(credential)
      : await client.createCallAgent(credential, { displayName: 'Gus' });
    agent = created;
    call = created.join({ meetingLink: link });
    return until(() => ['InLobby', 'Connected', 'Disconnected'].includes(call.state) && call.state);
  },
  async admit() {
    await until(() => call.lobby.participants.length > 0);
    return (await call.lobby.admitAll()).successCount;
  },
  async startVideo() {
    const manager = await client.getDeviceManager();
    await manager.askDevicePermission({ audio: true, video: true });
    const [camera] = await manager.getCameras();
    if (camera === undefined) throw new Error('there is no camera');
    await call.startVideo(new sdk.LocalVideoStream(camera));
  },
  startSharing: () => call.startScreenSharing(),
  stopSharing: () => call.stopScreenSharing(),
  async watch(type) {
    const shown = await until(() => stream(type));
    const renderer = new sdk.VideoStreamRenderer(shown);
    const { target } = await renderer.createView({ scalingMode: 'Fit' });
    document.body.append(target);
    const video = target.querySelector('video');
    const frames = () => video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    await until(() => frames() >= someFrames);
    return { width: shown.size.width, frames: frames() };
  },
  async unseen(type) {
    await until(() => stream(type) === undefined);
  },
  state: async () => call.state,
  async leave() {
    const ended = until(() => call.state === 'Disconnected');
    await call.hangUp();
    await ended;
    await agent.dispose();
    return document.querySelectorAll('audio').length;
  },
};
