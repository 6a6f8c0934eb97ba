import type { LocalVideoStream } from '@azure/communication-calling';
import { ContactCenterError } from 'onescreen';
import { toCallingError } from '../calling-error';
import type { DevicePage } from '../device-page';
import type { OpenAgent } from './meeting-agent';
import { cameraStream } from './meetings-sdk';

/** Under which name the chosen camera is kept, beside `onescreen.microphone` and `onescreen.speaker`. */
const cameraKey = 'onescreen.camera';

/**
 * A picture of the chosen camera, else of the first. The browser asks for it where it has not yet.
 * @throws ContactCenterError `device/permission-denied`, `device/not-found`, `device/camera`
 */
export async function openCamera({ client, sdk }: OpenAgent, page: DevicePage): Promise<LocalVideoStream> {
  const what = 'use the camera';
  try {
    const manager = await client.getDeviceManager();
    const { video } = await manager.askDevicePermission({ audio: false, video: true });
    if (!video) {
      throw new ContactCenterError('device/permission-denied', `unable to ${what}; ${page.remedy}`);
    }
    const cameras = await manager.getCameras();
    const chosen = chosenCamera(page);
    const camera = cameras.find(({ id }) => id === chosen) ?? cameras[0];
    if (camera === undefined) throw new ContactCenterError('device/not-found', `unable to ${what}; there is none`);
    return cameraStream(sdk, camera);
  } catch (error) {
    throw toCallingError(error, what);
  }
}

function chosenCamera({ storage }: DevicePage): string | undefined {
  try {
    return storage?.getItem(cameraKey) ?? undefined;
  } catch {
    return undefined; // The browser forbids it.
  }
}
