import { useDevices, useTabs } from 'onescreen/react';
import { useEffect } from 'react';
import { unlockSounds } from './sounds';

/** Turns the sound on as soon as the browser allows it: at the first click or key anywhere in the tab that leads. */
export function useUnlockedAudio(): void {
  const { devices, state } = useDevices();
  const { leading } = useTabs().state;
  const blocked = leading && state.audio === 'blocked';
  useEffect(() => {
    if (!blocked) return;
    const unlock = () => {
      unlockSounds();
      // Where it does not help, the readiness banner goes on asking for it.
      devices.unlockAudio().catch(() => {});
    };
    if (navigator.userActivation?.hasBeenActive) unlock();
    addEventListener('click', unlock);
    addEventListener('keydown', unlock);
    return () => {
      removeEventListener('click', unlock);
      removeEventListener('keydown', unlock);
    };
  }, [blocked, devices]);
}
