import type { AudioDeviceInfo, VideoDeviceInfo } from '@azure/communication-calling';
import type { AudioDevice } from './calling-environment';

/** A microphone or speaker as the official types have it: ids carry their kind, as the official ones do. */
export function deviceInfo(device: AudioDevice & { readonly kind: 'Microphone' | 'Speaker' }): AudioDeviceInfo {
  return {
    name: device.name,
    id: `${device.kind.toLowerCase()}:${device.id}`,
    isSystemDefault: device.isDefault,
    deviceType: device.kind,
  };
}

/** A camera as the official types have it. */
export function cameraInfo({ id, name }: AudioDevice): VideoDeviceInfo {
  return { name, id: `camera:${id}`, deviceType: 'UsbCamera' };
}

/** The browser's own id of a device; undefined is the system's default. */
export function deviceIdOf(device: Pick<AudioDeviceInfo, 'id'> | undefined): string | undefined {
  const id = device?.id.replace(/^(microphone|speaker|camera):/, '');
  return id === '' ? undefined : id;
}
