import type { Browser, Page } from 'playwright';
import type { MediaUnit } from '../../src/emulator/calls/media-unit';

declare global {
  interface Window {
    /** A media page's connection. */
    leg: RTCPeerConnection;
  }
}

/** A page that sends its microphone on a leg of a media unit, and plays what it hears. */
export class MediaPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** `origin` is where a page with nothing in it is served. Resolves when the connection stands. */
  static async open(browser: Browser, origin: string, unit: MediaUnit, leg: string): Promise<MediaPage> {
    const page = await browser.newPage();
    await page.goto(origin);
    const media = new MediaPage(page);
    await media.connect(unit, leg);
    return media;
  }

  /** Connects, or connects anew. */
  async connect(unit: MediaUnit, leg: string): Promise<void> {
    const answer = await unit.open(leg, await this.#page.evaluate(offer));
    await this.#page.evaluate(async (sdp) => {
      await window.leg.setRemoteDescription({ type: 'answer', sdp });
    }, answer);
    await this.#page.waitForFunction(() => window.leg.connectionState === 'connected');
  }

  /** Energy of what is heard in the next `ms`: the square of a full-scale signal times seconds. */
  async heard(ms: number): Promise<number> {
    const before = await this.#page.evaluate(energy);
    await this.#page.waitForTimeout(ms);
    return (await this.#page.evaluate(energy)) - before;
  }

  /** Packets that never came, as the browser counts them. */
  lost(): Promise<number> {
    return this.#page.evaluate(async () => {
      const stats = [...(await window.leg.getStats()).values()];
      const inbound = stats.find((one: { type: string }) => one.type === 'inbound-rtp') as { packetsLost: number };
      return inbound.packetsLost;
    });
  }

  /** Mutes or unmutes the microphone, as a page does. */
  async speak(on: boolean): Promise<void> {
    await this.#page.evaluate((enabled) => {
      for (const { track } of window.leg.getSenders()) if (track !== null) track.enabled = enabled;
    }, on);
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}

async function offer(): Promise<string> {
  const leg = new RTCPeerConnection({ iceServers: [] });
  window.leg = leg;
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of microphone.getAudioTracks()) leg.addTrack(track, microphone);
  const speaker = new Audio();
  leg.ontrack = ({ track }) => {
    speaker.srcObject = new MediaStream([track]);
    void speaker.play();
  };
  await leg.setLocalDescription();
  await new Promise<void>((resolve) => {
    const complete = () => {
      if (leg.iceGatheringState === 'complete') resolve();
    };
    leg.addEventListener('icegatheringstatechange', complete);
    complete();
  });
  return leg.localDescription?.sdp ?? '';
}

async function energy(): Promise<number> {
  const stats = [...(await window.leg.getStats()).values()];
  const inbound = stats.find((one: { type: string }) => one.type === 'inbound-rtp') as { totalAudioEnergy: number };
  return inbound.totalAudioEnergy;
}
