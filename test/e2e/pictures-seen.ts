import type { Page } from 'playwright';
import { expect } from 'vitest';

/** Frames of video that a page has decoded so far, in all of its open connections. */
export function framesDecoded(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let frames = 0;
    for (const connection of window.connections.filter(({ connectionState }) => connectionState === 'connected')) {
      (await connection.getStats()).forEach((entry: { type: string; kind?: string; framesDecoded?: number }) => {
        if (entry.type === 'inbound-rtp' && entry.kind === 'video') frames += entry.framesDecoded ?? 0;
      });
    }
    return frames;
  });
}

/** Waits until a page decodes pictures: so many more frames than it has by now. */
export async function expectPictures(page: Page, frames = 20): Promise<void> {
  const before = await framesDecoded(page);
  await expect.poll(() => framesDecoded(page), { timeout: 20_000, interval: 200 }).toBeGreaterThan(before + frames);
}
