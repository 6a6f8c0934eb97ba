import type { PicturePacket } from '../../../src/emulator/media/picture-packet';

/** A payload's first bytes: no extension, a frame's start, then its header of which bit 0 is clear in key frames. */
export const keyFrame = Uint8Array.of(0x10, 0x00, 1, 2, 3);
export const deltaFrame = Uint8Array.of(0x10, 0x01, 4, 5, 6);

/** A packet of a stream; a frame each 20 ms, a packet a frame. */
export function packet(sequenceNumber: number, change: Partial<PicturePacket> = {}): PicturePacket {
  return {
    stream: 1,
    sequenceNumber: sequenceNumber & 0xffff,
    timestamp: (sequenceNumber * 1_800) >>> 0,
    marker: true,
    payload: deltaFrame,
    ...change,
  };
}

export const key = (sequenceNumber: number, change: Partial<PicturePacket> = {}): PicturePacket =>
  packet(sequenceNumber, { payload: keyFrame, ...change });
