import { systemClock } from 'onescreen';
import { browserDevices } from '../../src/emulator/calling/browser-devices';
import { openBrowserPeer } from '../../src/emulator/calling/browser-peer';
import type { OpenPicture, Peer } from '../../src/emulator/calling/calling-environment';
import { laterQueue } from '../../src/emulator/calling/listeners';
import { EmulatedRemoteVideoStream } from '../../src/emulator/calling/remote-video-stream';
import { EmulatedVideoRenderer } from '../../src/emulator/calling/video-renderer';

/** What a page of the tests does with the emulator's own peer. */
export interface PictureHands {
  /** Opens a peer with pictures, closing the one before, and gives its offer. */
  offer(): Promise<string>;
  /** Resolves when the connection stands. */
  connect(answer: string): Promise<void>;
  show(kind: 'camera' | 'screen', on: boolean): Promise<void>;
  /** Frames decoded so far, by slot. */
  frames(): Promise<readonly number[]>;
  /** Shows a slot in the page as the application does, until another is: width of the picture once there is one. */
  view(slot: number): Promise<number>;
  /** The colours of the middle of what is viewed. */
  colours(): readonly number[];
  /** `isReceiving` of what is viewed, as it was told to listeners. */
  receiving(): readonly boolean[];
}

declare global {
  interface Window {
    pictures: PictureHands;
  }
}

const devices = browserDevices(systemClock);
const later = laterQueue((error) => {
  throw error;
});
const open = new Map<'camera' | 'screen', OpenPicture>();
let peer: Peer | undefined;
let connected: Promise<void>;
let renderer: EmulatedVideoRenderer | undefined;
let viewed: EmulatedRemoteVideoStream | undefined;
let receiving: readonly boolean[] = [];

function required(): Peer {
  if (peer === undefined) throw new Error('there is no peer');
  return peer;
}

function video(): HTMLVideoElement {
  const element = document.querySelector('video');
  if (element === null) throw new Error('nothing is viewed');
  return element;
}

window.pictures = {
  async offer() {
    peer?.close();
    connected = new Promise((resolve) => {
      peer = openBrowserPeer(
        { connection: (state) => state === 'connected' && resolve(), playbackBlocked: () => {} },
        { pictures: true },
      );
    });
    for (const [kind, { stream }] of open) await required().sendPicture(kind, stream);
    return required().offer();
  },
  async connect(answer) {
    await required().answer(answer);
    await connected;
  },
  async show(kind, on) {
    open.get(kind)?.close();
    open.delete(kind);
    if (!on) return required().sendPicture(kind, undefined);
    const picture = await (kind === 'camera' ? devices.openCamera(undefined, () => {}) : devices.openScreen(() => {}));
    open.set(kind, picture);
    await required().sendPicture(kind, picture.stream);
  },
  frames: async () => (await required().stats()).framesDecoded ?? [],
  async view(slot) {
    renderer?.dispose();
    viewed?.close();
    const stream = new EmulatedRemoteVideoStream({
      ...{ id: slot, mediaStreamType: 'Video', clock: systemClock, later },
      stream: () => required().picture(slot),
      framesDecoded: async () => (await required().stats()).framesDecoded?.[slot],
    });
    viewed = stream;
    const told: boolean[] = [];
    receiving = told;
    stream.on('isReceivingChanged', () => told.push(stream.isReceiving));
    stream.setAvailable(true);
    renderer = new EmulatedVideoRenderer(stream);
    document.body.append((await renderer.createView({ scalingMode: 'Fit' })).target);
    const element = video();
    while (element.videoWidth === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    return element.videoWidth;
  },
  colours() {
    const canvas = document.createElement('canvas');
    const element = video();
    [canvas.width, canvas.height] = [element.videoWidth, element.videoHeight];
    const context = canvas.getContext('2d');
    context?.drawImage(element, 0, 0);
    return [...(context?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? [])];
  },
  receiving: () => receiving,
};
