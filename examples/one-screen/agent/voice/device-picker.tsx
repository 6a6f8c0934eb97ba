import {
  Button,
  Field,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Select,
  Subtitle2,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { HeadsetRegular } from '@fluentui/react-icons/svg/headset';
import type { DeviceInfo } from 'onescreen';
import { useDevices, useTabs } from 'onescreen/react';
import { denied } from '../control-button';
import { useRun } from '../reports';
import { LevelMeter } from './level-meter';
import { MendButton } from './mend-button';
import { PreflightTest } from './preflight-test';
import { useLatest } from './use-latest';

const useStyles = makeStyles({
  surface: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM, width: '320px' },
  level: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
  faint: { color: tokens.colorNeutralForeground2 },
});

/** Which microphone and speaker calls use, how loud the microphone is, and a test of all of it. */
export function DevicePicker() {
  const styles = useStyles();
  return (
    <Popover trapFocus withArrow>
      <PopoverTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<HeadsetRegular />}>
          Devices
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label="Devices">
        <Devices />
      </PopoverSurface>
    </Popover>
  );
}

function Devices() {
  const styles = useStyles();
  const run = useRun();
  const { devices, state } = useDevices();
  const { permission, remedy, microphones, microphone, speakers, speaker, speakerSelection } = state;
  return (
    <>
      <Subtitle2 as="h2">Devices</Subtitle2>
      {permission === 'granted' ? (
        <Choice
          label="Microphone"
          devices={microphones}
          chosen={microphone}
          choose={(id) => run(() => devices.selectMicrophone(id))}
        />
      ) : (
        <>
          <Text>{remedy ?? 'Calls need the microphone.'}</Text>
          {permission !== 'unavailable' && (
            <MendButton reason={permission === 'denied' ? 'microphone-denied' : 'microphone-unknown'} />
          )}
        </>
      )}
      {permission === 'granted' && <MicrophoneLevel />}
      {speakerSelection.allowed ? (
        <Choice
          label="Speaker"
          devices={speakers}
          chosen={speaker}
          choose={(id) => run(() => devices.selectSpeaker(id))}
        />
      ) : (
        <Text className={styles.faint}>
          The speaker cannot be chosen here; the system&apos;s own is used. {denied(speakerSelection)}.
        </Text>
      )}
      <PreflightTest />
    </>
  );
}

function Choice(props: {
  readonly label: string;
  readonly devices: readonly DeviceInfo[];
  readonly chosen: string | undefined;
  readonly choose: (id: string) => void;
}) {
  const { label, devices, chosen, choose } = props;
  return (
    <Field label={label}>
      <Select value={chosen ?? ''} onChange={(_, { value }) => choose(value)}>
        {!devices.some(({ id }) => id === chosen) && <option value="">None</option>}
        {devices.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function MicrophoneLevel() {
  const styles = useStyles();
  const { devices } = useDevices();
  const { leading } = useTabs().state;
  const level = useLatest(leading ? devices.level$ : undefined);
  return (
    <div className={styles.level}>
      <Text size={200} className={styles.faint}>
        {leading ? 'Speak to see the level' : 'The level shows in the tab that has the phone'}
      </Text>
      {leading && <LevelMeter level={level ?? 0} label="Microphone level" />}
    </div>
  );
}
