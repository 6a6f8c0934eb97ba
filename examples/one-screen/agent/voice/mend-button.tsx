import { Button } from '@fluentui/react-components';
import { useDevices, useTabs } from 'onescreen/react';
import { useRun } from '../reports';
import { unlockSounds } from './sounds';

/** The action that mends what keeps calls away; nothing where there is none but waiting. */
export function MendButton({ reason }: { readonly reason: string }) {
  const { devices } = useDevices();
  const { tabs, state } = useTabs();
  const run = useRun();
  const needsTheTab = ['microphone-unknown', 'microphone-denied', 'audio-blocked'].includes(reason);
  if (reason === 'no-leader' || (needsTheTab && !state.leading)) {
    // Browsers ask, and take clicks for a yes, only in the tab that uses the device.
    return <Button onClick={() => run(() => tabs.takeOver())}>Take over here</Button>;
  }
  if (reason === 'microphone-unknown' || reason === 'microphone-denied') {
    return <Button onClick={() => run(() => devices.askPermission())}>Allow microphone</Button>;
  }
  if (reason !== 'audio-blocked') return null;
  return (
    <Button
      onClick={() => {
        unlockSounds();
        run(() => devices.unlockAudio());
      }}
    >
      Turn on sound
    </Button>
  );
}
