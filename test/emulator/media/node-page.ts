import { RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket, useSdesMid } from 'werift';
import { frameSamples } from '../../../src/emulator/media/frame';
import { decodeMuLaw, encodeMuLaw } from '../../../src/emulator/media/mu-law';
import { flat } from './frames';

/** What a page does, in Node: it offers, speaks and hears. */
export interface NodePage {
  readonly answer: string;
  readonly packets: readonly { readonly sequenceNumber: number; readonly timestamp: number; readonly bytes: number }[];
  /** Says frames of this value, until it is closed. */
  say(value: number): void;
  /** The loudest sample of the last packets. */
  loudest(packets: number): number;
  close(): Promise<void>;
}

/** Connects to what answers an offer; resolves when the connection stands. */
export async function connectPage(open: (offer: string) => Promise<string>): Promise<NodePage> {
  const peer = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
    codecs: { audio: [new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8_000, payloadType: 0 })] },
    headerExtensions: { audio: [useSdesMid()] },
  });
  let speaking: ReturnType<typeof setInterval> | undefined;
  const close = async () => {
    clearInterval(speaking);
    await peer.close();
  };
  const heard: Int16Array[] = [];
  const packets: NodePage['packets'][number][] = [];
  const { sender } = peer.addTransceiver('audio', { direction: 'sendrecv' });
  peer.onTrack.subscribe((track) =>
    track.onReceiveRtp.subscribe(({ header: { sequenceNumber, timestamp }, payload }) => {
      packets.push({ sequenceNumber, timestamp, bytes: payload.length });
      heard.push(decodeMuLaw(payload));
    }),
  );
  await peer.setLocalDescription(await peer.createOffer());
  const answer = await open(peer.localDescription?.sdp ?? '').catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const connected = new Promise<void>((resolve) => {
    peer.connectionStateChange.subscribe((state) => {
      if (state === 'connected') resolve();
    });
  });
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  await connected;
  return {
    answer,
    packets,
    say(value) {
      const payload = Buffer.from(encodeMuLaw(flat(value)));
      let sequenceNumber = 0;
      clearInterval(speaking);
      speaking = setInterval(() => {
        sequenceNumber++;
        const header = new RtpHeader({ payloadType: 0, sequenceNumber, timestamp: sequenceNumber * frameSamples });
        void sender.sendRtp(new RtpPacket(header, payload));
      }, 20);
    },
    loudest: (count) =>
      heard
        .slice(-count)
        .flatMap((samples) => [...samples])
        .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
    close,
  };
}
