import { ContactCenterError, type Random } from 'onescreen';
import type * as werift from 'werift';
import type { RTCPeerConnection, RtpPacket } from 'werift';
import type { LegLine } from './audio-mixer';
import { frameSamples } from './frame';
import { decodeMuLaw, encodeMuLaw } from './mu-law';
import { addPictures, type PictureConnection } from './picture-connection';
import { PlayoutBuffer } from './playout-buffer';
import { checkedOffer, loopbackAnswer } from './session-description';

export type Werift = typeof werift;

/** Payload type of PCMU (RFC 3551, table 4). */
const pcmu = 0;

/** What VP8 is told back: packets that are missing, and that a key frame is needed. */
const vp8Feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];

/** A page's connection: PCMU over WebRTC on 127.0.0.1, one line of audio both ways, and in meetings pictures. */
export interface LegConnection extends LegLine {
  /** What the page takes as its remote description. */
  readonly answer: string;
  /** Undefined when the page offered none. */
  readonly pictures: PictureConnection | undefined;
  close(): Promise<void>;
}

/**
 * Answers a page's complete offer.
 * @throws ContactCenterError `command/invalid` when the offer cannot be answered
 */
export async function connectLeg(engine: Werift, offer: string, random: Random): Promise<LegConnection> {
  const { sdp, pictures: hasPictures } = checkedOffer(offer);
  const peer = createPeer(engine);
  try {
    const { sender } = peer.addTransceiver('audio', { direction: 'sendrecv' });
    const pictures = hasPictures ? addPictures(engine, peer) : undefined;
    const buffer = new PlayoutBuffer();
    peer.onTrack.subscribe((track) => {
      if (track.kind === 'audio')
        track.onReceiveRtp.subscribe((packet) => {
          if (packet.header.payloadType === pcmu) buffer.push(decodeMuLaw(packet.payload));
        });
    });
    await peer.setRemoteDescription({ type: 'offer', sdp });
    await peer.setLocalDescription(await peer.createAnswer());
    const answer = peer.localDescription?.sdp;
    if (answer === undefined) throw new Error('there is no answer');
    const packet = packets(engine, random);
    return {
      answer: loopbackAnswer(answer),
      pictures,
      take: () => buffer.take(),
      send(frame, index) {
        // A packet that cannot be sent is a packet lost; the page hears silence.
        sender.sendRtp(packet(encodeMuLaw(frame), index)).catch(() => {});
      },
      close: () => peer.close(),
    };
  } catch (cause) {
    await peer.close();
    throw new ContactCenterError('command/invalid', 'unable to open media; the offer cannot be answered', {
      field: 'offer',
      cause,
    });
  }
}

function createPeer({ RTCPeerConnection: Peer, RTCRtpCodecParameters, useSdesMid }: Werift): RTCPeerConnection {
  return new Peer({
    iceServers: [],
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
    codecs: {
      audio: [new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8_000, channels: 1, payloadType: pcmu })],
      video: [new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000, rtcpFeedback: vp8Feedback })],
    },
    headerExtensions: { audio: [useSdesMid()], video: [useSdesMid()] },
  });
}

/** Numbers packets by frame, from a first number by chance (RFC 3550, section 5.1). */
function packets(
  { RtpHeader, RtpPacket: Packet }: Werift,
  random: Random,
): (payload: Uint8Array, index: number) => RtpPacket {
  const sequence = Math.floor(random.next() * 2 ** 16);
  const timestamp = Math.floor(random.next() * 2 ** 32);
  return (payload, index) =>
    new Packet(
      new RtpHeader({
        payloadType: pcmu,
        sequenceNumber: (sequence + index) % 2 ** 16,
        timestamp: (timestamp + index * frameSamples) % 2 ** 32,
        marker: index === 0,
      }),
      Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    );
}
