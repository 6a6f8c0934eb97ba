import { openBrowserPictures } from './browser-pictures';
import type { Peer, PeerEvents, PeerStats } from './calling-environment';
import { entries, number, text } from './stats-entries';

/** What a person does that lets a browser play from then on. */
const gestures = ['pointerdown', 'keydown'] as const;

/** A call's media over the browser's WebRTC, without any server for finding ways: the emulator is on this machine. */
export function openBrowserPeer(events: PeerEvents, options: { readonly pictures?: boolean } = {}): Peer {
  const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
  const transceiver = connection.addTransceiver('audio', { direction: 'sendrecv' });
  const incoming = new MediaStream([transceiver.receiver.track]);
  const pictures = options.pictures === true ? openBrowserPictures(connection) : undefined;
  let answered = false;
  const player = createPlayer(incoming, (blocked) => events.playbackBlocked(blocked));

  connection.onconnectionstatechange = () => {
    switch (connection.connectionState) {
      case 'connected':
        return events.connection('connected');
      case 'disconnected':
        return events.connection('interrupted');
      case 'failed':
        return events.connection('failed');
    }
  };

  return {
    incoming,
    async offer() {
      await connection.setLocalDescription(await connection.createOffer());
      await gathered(connection);
      return connection.localDescription?.sdp ?? '';
    },
    async answer(sdp) {
      await connection.setRemoteDescription({ type: 'answer', sdp });
      answered = true;
      player.play();
    },
    send: async (microphone) => {
      await transceiver.sender.replaceTrack(microphone?.stream?.getAudioTracks()[0] ?? null);
    },
    sendPicture: async (kind, stream) => pictures?.send(kind, stream),
    picture: (slot) => (answered ? pictures?.slots[slot] : undefined),
    setSpeaker: (deviceId) => player.setSpeaker(deviceId),
    setPlaying: (playing) => player.setPlaying(playing),
    stats: async () => {
      const all = entries(await connection.getStats());
      return { ...readStats(all), ...(pictures !== undefined && { framesDecoded: pictures.framesDecoded(all) }) };
    },
    close: () => {
      connection.onconnectionstatechange = null;
      player.close();
      connection.close();
    },
  };
}

/** Resolves when all candidates are in the local description. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (connection.iceGatheringState !== 'complete' && connection.signalingState !== 'closed') return;
      connection.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
}

interface Player {
  play(): void;
  setSpeaker(deviceId: string | undefined): Promise<void>;
  setPlaying(playing: boolean): void;
  close(): void;
}

function createPlayer(stream: MediaStream, onBlocked: (blocked: boolean) => void): Player {
  const element = document.createElement('audio');
  element.hidden = true;
  element.autoplay = true;
  element.srcObject = stream;
  document.body.append(element);
  let closed = false;

  const play = () => {
    element.play().then(
      () => blocked(false),
      (error: unknown) => {
        if (!closed && error instanceof DOMException && error.name === 'NotAllowedError') blocked(true);
      },
    );
  };
  const blocked = (is: boolean) => {
    if (closed) return;
    for (const gesture of gestures) {
      if (is) document.addEventListener(gesture, play);
      else document.removeEventListener(gesture, play);
    }
    onBlocked(is);
  };

  return {
    play,
    setSpeaker: async (deviceId) => {
      if ('setSinkId' in element) await element.setSinkId(deviceId ?? '');
    },
    setPlaying: (playing) => {
      element.muted = !playing;
    },
    close: () => {
      closed = true;
      for (const gesture of gestures) document.removeEventListener(gesture, play);
      element.srcObject = null;
      element.remove();
    },
  };
}

/** Of the audio alone. */
function readStats(all: readonly unknown[]): PeerStats {
  const find = (type: string) => all.find((entry) => text(entry, 'type') === type && text(entry, 'kind') === 'audio');
  const outbound = find('outbound-rtp');
  const inbound = find('inbound-rtp');
  const remoteInbound = find('remote-inbound-rtp');
  const pair = all.find((entry) => text(entry, 'type') === 'candidate-pair' && text(entry, 'state') === 'succeeded');
  const codecs = all.filter((entry) => text(entry, 'type') === 'codec').map((entry) => text(entry, 'mimeType'));
  const codec = codecs.find((type) => type?.startsWith('audio/'))?.replace('audio/', '');
  const roundTrip = number(remoteInbound, 'roundTripTime') ?? number(pair, 'currentRoundTripTime');
  const jitter = number(inbound, 'jitter');
  const sentJitter = number(remoteInbound, 'jitter');
  const outputLevel = number(inbound, 'audioLevel');
  return {
    ...(codec !== undefined && { codec }),
    bytesSent: number(outbound, 'bytesSent') ?? 0,
    packetsSent: number(outbound, 'packetsSent') ?? 0,
    bytesReceived: number(inbound, 'bytesReceived') ?? 0,
    packetsReceived: number(inbound, 'packetsReceived') ?? 0,
    packetsLost: number(inbound, 'packetsLost') ?? 0,
    ...(jitter !== undefined && { jitterMs: jitter * 1000 }),
    ...(roundTrip !== undefined && { roundTripMs: roundTrip * 1000 }),
    ...(remoteInbound !== undefined && {
      sent: {
        packetsLost: number(remoteInbound, 'packetsLost') ?? 0,
        ...(sentJitter !== undefined && { jitterMs: sentJitter * 1000 }),
      },
    }),
    ...(outputLevel !== undefined && { outputLevel }),
  };
}
