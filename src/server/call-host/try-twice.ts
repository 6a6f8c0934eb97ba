import { isContactCenterError } from 'onescreen';

/** Does it again once when it fails, unless there is nothing left to do it to. */
export async function tryTwice(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (isContactCenterError(error, 'call/gone')) throw error;
    await run();
  }
}
