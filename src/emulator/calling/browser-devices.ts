import type { Clock } from 'onescreen';
import type {
  AudioDevice,
  AudioDevices,
  BrowserName,
  Microphone,
  MicrophoneEvents,
  OpenPicture,
} from './calling-environment';

/** A camera's picture: what a telephone's width shows well, and what several may send through one process. */
const cameraPicture = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { max: 24 } } as const;

/** Frames a second of a shared screen at most: it changes seldom, and is large. */
const screenPicture = { frameRate: { max: 10 } } as const;

/** `navigator.mediaDevices`, asked only when needed. */
export function browserDevices(clock: Clock): AudioDevices {
  return {
    get speakerSelection() {
      return typeof HTMLMediaElement === 'function' && 'setSinkId' in HTMLMediaElement.prototype;
    },
    async list() {
      const devices = mediaDevices();
      if (devices === undefined) return [];
      return (await devices.enumerateDevices()).map(audioDevice);
    },
    async askPermission(device = 'microphone') {
      try {
        const stream = await requireDevices().getUserMedia(device === 'camera' ? { video: true } : { audio: true });
        // Held for a moment: Safari takes the permission back from a page that holds no stream.
        clock.schedule(1000, () => stopAll(stream));
        return true;
      } catch {
        return false;
      }
    },
    openMicrophone: (deviceId, events) => openMicrophone(deviceId, events),
    openCamera: async (deviceId, ended) => {
      const video = { ...cameraPicture, ...(deviceId !== undefined && { deviceId: { exact: deviceId } }) };
      return openPicture(await requireDevices().getUserMedia({ video }), ended);
    },
    openScreen: async (ended) => openPicture(await requireDevices().getDisplayMedia({ video: screenPicture }), ended),
    watch(changed) {
      const devices = mediaDevices();
      devices?.addEventListener('devicechange', changed);
      return () => devices?.removeEventListener('devicechange', changed);
    },
  };
}

async function openMicrophone(deviceId: string | undefined, events: MicrophoneEvents): Promise<Microphone> {
  const processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const audio = { ...processing, ...(deviceId !== undefined && { deviceId: { exact: deviceId } }) };
  const stream = await requireDevices().getUserMedia({ audio });
  for (const track of stream.getAudioTracks()) {
    track.onended = () => events.ended();
    track.onmute = () => events.silenced(true);
    track.onunmute = () => events.silenced(false);
  }
  let meter: Meter | undefined;
  return {
    stream,
    level: () => (meter ??= createMeter(stream)).level(),
    close: () => {
      for (const track of stream.getAudioTracks()) track.onended = track.onmute = track.onunmute = null;
      stopAll(stream);
      meter?.close();
    },
  };
}

function openPicture(stream: MediaStream, ended: () => void): OpenPicture {
  for (const track of stream.getVideoTracks()) track.onended = () => ended();
  return {
    stream,
    close: () => {
      for (const track of stream.getVideoTracks()) track.onended = null;
      stopAll(stream);
    },
  };
}

interface Meter {
  level(): number;
  close(): void;
}

function createMeter(stream: MediaStream): Meter {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level: () => {
      if (context.state === 'suspended') void context.resume().catch(() => {});
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Speech has an RMS of about 0.1: times three, ordinary speaking fills a meter to a third and shouting fills it.
      return Math.min(1, Math.sqrt(power) * 3);
    },
    close: () => void context.close().catch(() => {}),
  };
}

function audioDevice(device: MediaDeviceInfo): AudioDevice {
  const { kind, deviceId: id, label: name } = device;
  const kinds = { audioinput: 'Microphone', audiooutput: 'Speaker', videoinput: 'Camera' } as const;
  return { kind: kinds[kind], id, name, isDefault: id === 'default' || id === '' };
}

function mediaDevices(): MediaDevices | undefined {
  return typeof navigator === 'object' && 'mediaDevices' in navigator ? navigator.mediaDevices : undefined;
}

/** Pages without a secure context have no media devices. */
function requireDevices(): MediaDevices {
  const devices = mediaDevices();
  if (devices === undefined) throw Object.assign(new Error('There are no media devices'), { name: 'NotFoundError' });
  return devices;
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What the browser says it is. */
export function browserName(): BrowserName {
  const agent = typeof navigator === 'object' ? navigator.userAgent : '';
  const [, name = 'Unknown', version = ''] = /(Edg|Firefox|Chrome|Version)\/([\d.]+)/.exec(agent) ?? [];
  const platform = /Windows|Mac OS X|Android|iPhone|Linux/.exec(agent)?.[0] ?? 'Unknown';
  return { platform, name: name === 'Version' ? 'Safari' : name, version };
}
