import {
  Caption1,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { DialpadRegular } from '@fluentui/react-icons/svg/dialpad';
import { useControls } from 'onescreen/react';
import { useState } from 'react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';
import { DialPad, toneKeys } from './dial-pad';

const useStyles = makeStyles({
  surface: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS, maxWidth: '240px' },
  tones: {
    minHeight: '28px',
    textAlign: 'center',
    fontSize: tokens.fontSizeBase500,
    fontVariantNumeric: 'tabular-nums',
    overflowWrap: 'anywhere',
  },
  hint: { color: tokens.colorNeutralForeground3, textAlign: 'center' },
});

/** Dials tones in a call: pressed on the pad or typed. */
export function Keypad({ taskId }: { readonly taskId: string }) {
  const styles = useStyles();
  const run = useRun();
  const { dtmf } = useControls(taskId);
  const [open, setOpen] = useState(false);
  const [tones, setTones] = useState('');
  const send = (tone: string) => {
    if (!dtmf.allowed) return;
    setTones((sent) => `${sent}${tone}`.slice(-24));
    run(() => dtmf.run(tone));
  };
  return (
    <Popover
      open={open && dtmf.allowed}
      onOpenChange={(_, data) => {
        setOpen(data.open);
        if (data.open) setTones('');
      }}
      trapFocus
      withArrow
    >
      <PopoverTrigger disableButtonEnhancement>
        <ControlButton can={dtmf} icon={<DialpadRegular />}>
          Keypad
        </ControlButton>
      </PopoverTrigger>
      <PopoverSurface
        className={styles.surface}
        aria-label="Keypad"
        onKeyDown={({ key, ctrlKey, metaKey, altKey }) => {
          if (!ctrlKey && !metaKey && !altKey && /^[0-9*#]$/.test(key)) send(key);
        }}
      >
        <Text as="span" block className={styles.tones} role="status" aria-label="Tones sent">
          {tones}
        </Text>
        <DialPad keys={toneKeys} press={send} />
        <Caption1 className={styles.hint}>Press the keys, or type</Caption1>
      </PopoverSurface>
    </Popover>
  );
}
