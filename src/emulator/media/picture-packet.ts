/** A packet of VP8 without its way: what is forwarded. The payload is shared by all who get it, and not changed. */
export interface PicturePacket {
  /** Tells one stream of packets from another: numbers and timestamps go on only within it. */
  readonly stream: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** The last packet of its frame. */
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** Whether a payload begins a key frame, with which a decoder can start (RFC 7741, sections 4.2 and 4.3). */
export function beginsKeyFrame(payload: Uint8Array): boolean {
  const first = payload[0];
  if (first === undefined) return false;
  // The start of partition 0, or it is the middle of a frame.
  if ((first & 0x17) !== 0x10) return false;
  let offset = 1;
  if ((first & 0x80) !== 0) {
    const extension = payload[offset++] ?? 0;
    // A picture id has one byte or two.
    if ((extension & 0x80) !== 0) offset += ((payload[offset] ?? 0) & 0x80) === 0 ? 1 : 2;
    if ((extension & 0x40) !== 0) offset++;
    if ((extension & 0x30) !== 0) offset++;
  }
  const header = payload[offset];
  return header !== undefined && (header & 0x01) === 0;
}
