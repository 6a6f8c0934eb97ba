import type { AudioDeviceInfo } from '@azure/communication-calling';
import type { AudioDevice } from './calling-environment';

/** A device as the official types have it: ids carry their kind, as the official ones do. */
export function deviceInfo(device: AudioDevice): AudioDeviceInfo {
  return {
    name: device.name,
    id: `${device.kind.toLowerCase()}:${device.id}`,
    isSystemDefault: device.isDefault,
    deviceType: device.kind,
  };
}

/** The browser's own id of a device; undefined is the system's default. */
export function deviceIdOf(device: AudioDeviceInfo | undefined): string | undefined {
  const id = device?.id.replace(/^(microphone|speaker):/, '');
  return id === '' ? undefined : id;
}
