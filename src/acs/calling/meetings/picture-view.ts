import type { CreateViewOptions, LocalVideoStream, RemoteVideoStream } from '@azure/communication-calling';
import type { PictureView } from 'onescreen';
import { toCallingError } from '../calling-error';
import type { MeetingsSdk } from './meetings-sdk';

/**
 * A view of one stream with a renderer of its own. Its element is a frame that stays where it was put, and is empty once
 * the view has ended.
 */
export async function openView(
  sdk: MeetingsSdk,
  stream: LocalVideoStream | RemoteVideoStream,
  options: CreateViewOptions,
  closed: () => void,
): Promise<PictureView> {
  const renderer = new sdk.VideoStreamRenderer(stream);
  try {
    const view = await renderer.createView(options);
    const element = frameOf(view.target);
    let open = true;
    return {
      element,
      close() {
        if (!open) return;
        open = false;
        closed();
        view.dispose();
        renderer.dispose();
        if (element !== view.target) element.replaceChildren();
      },
    };
  } catch (error) {
    renderer.dispose();
    throw toCallingError(error, 'show picture');
  }
}

/** Outside a browser there is nothing to put a frame around it. */
function frameOf(target: HTMLElement): HTMLElement {
  if (typeof document === 'undefined') return target;
  const frame = document.createElement('div');
  frame.style.width = '100%';
  frame.style.height = '100%';
  frame.append(target);
  return frame;
}
