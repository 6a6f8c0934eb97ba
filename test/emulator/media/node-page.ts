import {
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  useAbsSendTime,
  useSdesMid,
  type RTCRtpSender,
} from 'werift';
import { frameSamples } from '../../../src/emulator/media/frame';
import { decodeMuLaw, encodeMuLaw } from '../../../src/emulator/media/mu-law';
import { flat } from './frames';
import { deltaFrame, keyFrame } from './vp8';

const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];

/** What a page does, in Node: it offers, speaks and hears. */
export interface NodePage {
  readonly answer: string;
  readonly packets: readonly { readonly sequenceNumber: number; readonly timestamp: number; readonly bytes: number }[];
  /** Says frames of this value, until it is closed. */
  say(value: number): void;
  /** The loudest sample of the last packets. */
  loudest(packets: number): number;
  /** Its pictures; only for a page that was connected with them. */
  readonly pictures: NodePictures;
  close(): Promise<void>;
}

export interface NodePictures {
  /** Sends a frame of this many packets each 20 ms until it is closed: a key frame whenever it was asked for one. */
  film(kind: 'camera' | 'screen', packets?: number): void;
  /** Stops the picture; it may be filmed again. */
  stop(kind: 'camera' | 'screen'): void;
  /** What came, by slot. */
  readonly slots: readonly (readonly SlotPacket[])[];
  /** How often a key frame was asked for. */
  readonly asked: Readonly<Record<'camera' | 'screen', number>>;
  /** Asks for a key frame in a slot. */
  wantKeyFrame(slot: number): Promise<void>;
}

export interface SlotPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly payload: Buffer;
  readonly extensions: readonly number[];
}

/** Connects to what answers an offer; resolves when the connection stands. */
export async function connectPage(
  open: (offer: string) => Promise<string>,
  options: { readonly pictures?: boolean } = {},
): Promise<NodePage> {
  const peer = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
    codecs: {
      audio: [new RTCRtpCodecParameters({ mimeType: 'audio/PCMU', clockRate: 8_000, payloadType: 0 })],
      video: [new RTCRtpCodecParameters({ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96, rtcpFeedback })],
    },
    headerExtensions: { audio: [useSdesMid()], video: [useSdesMid(), useAbsSendTime()] },
  });
  let speaking: ReturnType<typeof setInterval> | undefined;
  const close = async () => {
    clearInterval(speaking);
    pictures?.stop('camera');
    pictures?.stop('screen');
    await peer.close();
  };
  const heard: Int16Array[] = [];
  const packets: NodePage['packets'][number][] = [];
  const { sender } = peer.addTransceiver('audio', { direction: 'sendrecv' });
  const pictures = options.pictures === true ? addPictures(peer) : undefined;
  peer.onTrack.subscribe((track) => {
    if (track.kind === 'audio')
      track.onReceiveRtp.subscribe(({ header: { sequenceNumber, timestamp }, payload }) => {
        packets.push({ sequenceNumber, timestamp, bytes: payload.length });
        heard.push(decodeMuLaw(payload));
      });
  });
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
    get pictures() {
      if (pictures === undefined) throw new Error('the page has no pictures');
      return pictures;
    },
  };
}

/** The lines of a meeting's page: camera and screen go out, five slots come in. */
function addPictures(peer: RTCPeerConnection): NodePictures {
  const outgoing = () => peer.addTransceiver('video', { direction: 'sendonly' }).sender;
  const senders = { camera: outgoing(), screen: outgoing() };
  const receivers = Array.from({ length: 5 }, () => peer.addTransceiver('video', { direction: 'recvonly' }).receiver);
  // As browsers do: they report of what they receive in the name of a line that they send on.
  for (const receiver of receivers) receiver.rtcpSsrc = senders.camera.ssrc;
  const slots: SlotPacket[][] = receivers.map(() => []);
  const asked = { camera: 0, screen: 0 };
  const filming = new Map<'camera' | 'screen', ReturnType<typeof setInterval>>();
  for (const kind of ['camera', 'screen'] as const) {
    senders[kind].onPictureLossIndication.subscribe(() => asked[kind]++);
  }
  peer.onTrack.subscribe((track) => {
    const slot = receivers.findIndex((receiver) => receiver.tracks.includes(track));
    track.onReceiveRtp.subscribe(({ header: { sequenceNumber, timestamp, extensions }, payload }) => {
      slots[slot]?.push({ sequenceNumber, timestamp, payload, extensions: extensions.map(({ id }) => id) });
    });
  });
  const stop = (kind: 'camera' | 'screen') => {
    clearInterval(filming.get(kind));
    filming.delete(kind);
  };
  const camera = film(senders.camera, () => asked.camera);
  const screen = film(senders.screen, () => asked.screen);
  return {
    slots,
    asked,
    stop,
    film(kind, packets = 1) {
      stop(kind);
      filming.set(
        kind,
        setInterval(() => (kind === 'camera' ? camera : screen)(packets), 20),
      );
    },
    wantKeyFrame: async (slot) => {
      const receiver = receivers[slot];
      await receiver?.sendRtcpPLI(receiver.track.ssrc ?? 0);
    },
  };
}

/** Sends one frame when called. */
function film(sender: RTCRtpSender, asked: () => number): (packets: number) => void {
  let answered = 0;
  let sequenceNumber = 60_000;
  let timestamp = 4_294_960_000;
  return (packets) => {
    const isKey = asked() > answered;
    answered = asked();
    timestamp = (timestamp + 1_800) >>> 0;
    for (let index = 0; index < packets; index++) {
      sequenceNumber = (sequenceNumber + 1) & 0xffff;
      const header = new RtpHeader({ payloadType: 96, sequenceNumber, timestamp, marker: index === packets - 1 });
      const payload = Buffer.from(index > 0 ? [0x00, index] : isKey ? keyFrame : deltaFrame);
      void sender.sendRtp(new RtpPacket(header, payload));
    }
  };
}
