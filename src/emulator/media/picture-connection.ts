import type { RTCPeerConnection, RTCRtpSender } from 'werift';
import { screenSlot } from '../calls/frames';
import type { Werift } from './leg-connection';
import type { PictureEvents, PictureLine } from './picture-forwarder';
import type { PicturePacket } from './picture-packet';

/** The pictures of a page's connection. */
export interface PictureConnection extends PictureLine {
  /** From now on tells these events; called once. */
  watch(events: PictureEvents): void;
}

/**
 * Adds a meeting's lines to a peer that has its audio and no offer yet, in the order in which pages offer them: camera
 * and screen come in, the slots go out.
 */
export function addPictures(
  { PictureLossIndication, RtcpPayloadSpecificFeedback, RtpHeader, RtpPacket }: Werift,
  peer: RTCPeerConnection,
): PictureConnection {
  const incoming = () => peer.addTransceiver('video', { direction: 'recvonly' }).receiver;
  const receivers = { camera: incoming(), screen: incoming() };
  const senders: readonly RTCRtpSender[] = Array.from(
    { length: screenSlot + 1 },
    () => peer.addTransceiver('video', { direction: 'sendonly' }).sender,
  );
  return {
    slots: senders.length,
    send(slot, { sequenceNumber, timestamp, marker, payload }: PicturePacket) {
      const header = new RtpHeader({ sequenceNumber, timestamp, marker });
      const packet = new RtpPacket(header, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
      // A packet that cannot be sent is a packet lost.
      void senders[slot]?.sendRtp(packet).catch(() => {});
    },
    askKeyFrame(kind) {
      const { track } = receivers[kind];
      if (track.ssrc !== undefined) receivers[kind].sendRtcpPLI(track.ssrc).catch(() => {});
    },
    watch(events) {
      for (const kind of ['camera', 'screen'] as const) {
        receivers[kind].track.onReceiveRtp.subscribe(({ header, payload }) => {
          const { ssrc: stream, sequenceNumber, timestamp, marker } = header;
          events.received(kind, { stream, sequenceNumber, timestamp, marker, payload });
        });
      }
      // Not of the senders: pages give a line that they send on as where it comes from, and werift looks at that first.
      senders[0]?.dtlsTransport.onRtcp.subscribe((packet) => {
        if (!(packet instanceof RtcpPayloadSpecificFeedback)) return;
        const { feedback } = packet;
        if (!(feedback instanceof PictureLossIndication)) return;
        const slot = senders.findIndex(({ ssrc }) => ssrc === feedback.mediaSsrc);
        if (slot >= 0) events.keyFrameWanted(slot);
      });
    },
  };
}
