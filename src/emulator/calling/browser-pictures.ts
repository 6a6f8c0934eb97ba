import { screenSlot } from '../calls/frames';
import { number, text } from './stats-entries';

/** Bits a second at most: what one process forwards to several on the machine where their browsers run, too. */
const maxBitrate = { camera: 600_000, screen: 1_500_000 } as const;

/** The pictures of a meeting's connection. */
export interface BrowserPictures {
  /** What comes in, by slot. */
  readonly slots: readonly MediaStream[];
  /** Sends this picture from now on without negotiating anew; undefined sends none. */
  send(kind: 'camera' | 'screen', stream: MediaStream | undefined): Promise<void>;
  /** Frames decoded so far, by slot, out of the connection's stats. */
  framesDecoded(stats: readonly unknown[]): readonly number[];
}

/**
 * Adds a meeting's lines to a connection that has its audio: camera and screen go out, then a line comes in for each
 * slot. The emulator knows them by this order. VP8 alone.
 */
export function openBrowserPictures(connection: RTCPeerConnection): BrowserPictures {
  const outgoing = (kind: 'camera' | 'screen') =>
    connection.addTransceiver('video', {
      direction: 'sendonly',
      sendEncodings: [{ maxBitrate: maxBitrate[kind] }],
    });
  const senders = { camera: outgoing('camera'), screen: outgoing('screen') };
  const receivers = Array.from({ length: screenSlot + 1 }, () =>
    connection.addTransceiver('video', { direction: 'recvonly' }),
  );
  for (const transceiver of Object.values(senders)) prefer(transceiver, RTCRtpSender.getCapabilities('video'));
  for (const transceiver of receivers) prefer(transceiver, RTCRtpReceiver.getCapabilities('video'));

  return {
    slots: receivers.map(({ receiver }) => new MediaStream([receiver.track])),
    send: (kind, stream) => senders[kind].sender.replaceTrack(stream?.getVideoTracks()[0] ?? null),
    framesDecoded: (stats) => {
      const inbound = stats.filter((entry) => text(entry, 'type') === 'inbound-rtp');
      return receivers.map(({ mid }) => {
        const entry = inbound.find((one) => mid !== null && text(one, 'mid') === mid);
        return number(entry, 'framesDecoded') ?? 0;
      });
    },
  };
}

function prefer(transceiver: RTCRtpTransceiver, capabilities: RTCRtpCapabilities | null): void {
  const vp8 = capabilities?.codecs.filter(({ mimeType }) => mimeType === 'video/VP8') ?? [];
  // Older browsers cannot choose; the emulator takes VP8 out of what they offer.
  if ('setCodecPreferences' in transceiver && vp8.length > 0) transceiver.setCodecPreferences(vp8);
}
