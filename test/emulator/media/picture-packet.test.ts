import { describe, expect, it } from 'vitest';
import { beginsKeyFrame } from '../../../src/emulator/media/picture-packet';

describe('a payload of VP8', () => {
  it.each([
    ['without an extension', [0x10, 0x00]],
    ['with a picture id of one byte', [0x90, 0x80, 0x11, 0x00]],
    ['with a picture id of two bytes', [0x90, 0x80, 0x91, 0x11, 0x00]],
    ['with all of the extension', [0x90, 0xf0, 0x91, 0x11, 0x05, 0x20, 0x00]],
    ['of no reference', [0x30, 0x00]],
  ])('begins a key frame: %s', (_, bytes) => {
    expect(beginsKeyFrame(Uint8Array.from(bytes))).toBe(true);
  });

  it.each([
    ['a frame between', [0x10, 0x01]],
    ['a frame between, after an extension', [0x90, 0xe0, 0x91, 0x11, 0x05, 0x01]],
    ['the middle of a frame', [0x00, 0x00]],
    ['the start of a later partition', [0x11, 0x00]],
    ['nothing', []],
    ['a descriptor alone', [0x10]],
    ['an extension that is cut off', [0x90, 0x80, 0x91]],
  ])('begins none: %s', (_, bytes) => {
    expect(beginsKeyFrame(Uint8Array.from(bytes))).toBe(false);
  });
});
