import { beginsKeyFrame, type PicturePacket } from './picture-packet';

/** Ticks a millisecond of a video's clock (RFC 7741, section 4.1). */
const ticksPerMs = 90;

/** The least time between frames of two sources, in ticks: a thirtieth of a second. */
const frameTicks = 3_000;

/** The stretch of a source's packets that a slot shows. */
interface Showing {
  readonly stream: number;
  /** What its first packet has, there and here. */
  readonly timestamp: number;
  readonly firstSequenceNumber: number;
  readonly firstTimestamp: number;
  /** The newest packet: its number there, and how many after the first it is. */
  newest: number;
  index: number;
}

/**
 * What goes out in a slot: one stream with numbers and timestamps of its own, whoever is shown. A gap in what comes
 * in stays a gap, so that the browser knows of it.
 */
export class PictureSlot {
  #nextSequenceNumber: number;
  #timestamp: number;
  #sentAt: number | undefined;
  #showing: Showing | undefined;

  /** Both are the first ones: by chance (RFC 3550, section 5.1). */
  constructor(sequenceNumber: number, timestamp: number) {
    this.#nextSequenceNumber = sequenceNumber;
    this.#timestamp = timestamp;
  }

  /** Begins anew with the next key frame: another is shown, or much was missed. */
  restart(): void {
    this.#showing = undefined;
  }

  /** Whether nothing is shown before a key frame comes. */
  get waits(): boolean {
    return this.#showing === undefined;
  }

  /** The packet as it goes out, `now` in milliseconds; undefined when it must not. */
  next(packet: PicturePacket, now: number): PicturePacket | undefined {
    if (this.#showing?.stream !== packet.stream) this.#showing = this.#begin(packet, now);
    const showing = this.#showing;
    if (showing === undefined) return undefined;
    const index = showing.index + signed(packet.sequenceNumber - showing.newest);
    // From before the key frame, late: its number here was another packet's.
    if (index < 0) return undefined;
    const sequenceNumber = (showing.firstSequenceNumber + index) & 0xffff;
    const timestamp = (showing.firstTimestamp + packet.timestamp - showing.timestamp) >>> 0;
    if (index >= showing.index) {
      showing.index = index;
      showing.newest = packet.sequenceNumber;
      this.#nextSequenceNumber = (sequenceNumber + 1) & 0xffff;
      this.#timestamp = timestamp;
      this.#sentAt = now;
    }
    return { ...packet, sequenceNumber, timestamp };
  }

  #begin({ stream, sequenceNumber, timestamp, payload }: PicturePacket, now: number): Showing | undefined {
    if (!beginsKeyFrame(payload)) return undefined;
    const passed = this.#sentAt === undefined ? 0 : Math.max(frameTicks, (now - this.#sentAt) * ticksPerMs);
    return {
      stream,
      timestamp,
      firstSequenceNumber: this.#nextSequenceNumber,
      firstTimestamp: (this.#timestamp + Math.round(passed)) >>> 0,
      newest: sequenceNumber,
      index: 0,
    };
  }
}

/** The shorter way between two sequence numbers of 16 bits. */
function signed(difference: number): number {
  return (difference << 16) >> 16;
}
