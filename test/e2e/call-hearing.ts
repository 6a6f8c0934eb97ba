import type { Page } from 'playwright';

declare global {
  interface Window {
    /** Connections of a page that {@link hearsCalls}, the closed ones too. */
    connections: RTCPeerConnection[];
    /** Sounds of the page's own that repeat and have not been stopped, such as a ringtone. */
    ringing: number;
  }
}

/** Chromium's microphone beeps once a second: only a longer time tells whether somebody speaks. */
export const listenMs = 1_600;

/** What a change needs to be heard: a browser on a busy machine buffers more than half a second. */
export const settleMs = 1_200;

/** Energy within `listenMs`: silence is 0 but for the end of a sound, the microphone's beeps are above 0.1. */
export const nothing = 0.0005;
export const something = 0.01;

/** Lets a page that is not loaded yet tell what it hears and whether it rings. */
export function hearsCalls(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    window.connections = [];
    window.ringing = 0;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        window.connections.push(this);
      }
    };
    window.AudioContext = class extends AudioContext {
      override createBufferSource(): AudioBufferSourceNode {
        const source = super.createBufferSource();
        const start = source.start.bind(source);
        const stop = source.stop.bind(source);
        source.start = (...when) => {
          if (source.loop) window.ringing += 1;
          start(...when);
        };
        source.stop = (...when) => {
          if (source.loop) window.ringing -= 1;
          stop(...when);
        };
        return source;
      }
    };
  });
}

/** Energy of what a page hears in its calls in the next `ms`, once a change has settled: full scale squared, times seconds. */
export async function heard(page: Page, ms = listenMs): Promise<number> {
  await page.waitForFunction(() => window.connections.some(({ connectionState }) => connectionState === 'connected'));
  await page.waitForTimeout(settleMs);
  const before = await page.evaluate(energy);
  await page.waitForTimeout(ms);
  return (await page.evaluate(energy)) - before;
}

async function energy(): Promise<number> {
  const open = window.connections.filter(({ connectionState }) => connectionState === 'connected');
  let sum = 0;
  for (const connection of open) {
    (await connection.getStats()).forEach(({ type, totalAudioEnergy = 0 }: StatsEntry) => {
      if (type === 'inbound-rtp') sum += totalAudioEnergy;
    });
  }
  return sum;
}

interface StatsEntry {
  readonly type: string;
  readonly totalAudioEnergy?: number;
}
