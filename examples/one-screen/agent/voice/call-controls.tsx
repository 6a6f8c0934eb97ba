import { Toolbar, makeStyles, tokens } from '@fluentui/react-components';
import { CallConnectingRegular } from '@fluentui/react-icons/svg/call-connecting';
import { CallEndRegular } from '@fluentui/react-icons/svg/call-end';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import type { Recording, VoiceState } from 'onescreen';
import { useControls } from 'onescreen/react';
import { ControlButton } from '../control-button';
import { HandOver } from '../hand-over';
import { useRun } from '../reports';
import { Keypad } from './keypad';
import { Park } from './park';
import { RecordingButtons } from './recording-buttons';

const useStyles = makeStyles({
  toolbar: { padding: 0, flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  hangUp: {
    backgroundColor: tokens.colorStatusDangerBackground3,
    color: tokens.colorNeutralForegroundOnBrand,
    ':hover': {
      backgroundColor: tokens.colorStatusDangerBackground3Hover,
      color: tokens.colorNeutralForegroundOnBrand,
    },
    ':hover:active': {
      backgroundColor: tokens.colorStatusDangerBackground3Pressed,
      color: tokens.colorNeutralForegroundOnBrand,
    },
  },
});

/** What the agent can do in the call, each bound to whether it can be done now. */
export function CallControls(props: {
  readonly taskId: string;
  readonly state: VoiceState;
  readonly recording: Recording['state$']['value'];
}) {
  const styles = useStyles();
  const { taskId, state, recording } = props;
  const run = useRun();
  const { mute, unmute, hold, resume, rejoin, hangUp } = useControls(taskId);
  const isMuted = state.muted || state.mutedByOthers;
  const isHeld = state.status === 'held';
  const [microphone, sound] = isMuted ? [unmute, 'Unmute'] : [mute, 'Mute'];
  const [line, pause] = isHeld ? [resume, 'Resume'] : [hold, 'Hold'];
  return (
    <Toolbar className={styles.toolbar} aria-label="Call controls">
      {state.status === 'lost' && (
        <ControlButton
          can={rejoin}
          appearance="primary"
          icon={<CallConnectingRegular />}
          onClick={() => run(() => rejoin.run())}
        >
          Rejoin
        </ControlButton>
      )}
      <ControlButton
        can={microphone}
        icon={isMuted ? <MicOffRegular /> : <MicRegular />}
        onClick={() => run(() => microphone.run())}
      >
        {sound}
      </ControlButton>
      <ControlButton
        can={line}
        icon={isHeld ? <PlayRegular /> : <PauseRegular />}
        onClick={() => run(() => line.run())}
      >
        {pause}
      </ControlButton>
      <Keypad taskId={taskId} />
      <HandOver taskId={taskId} kind="Consult" />
      <HandOver taskId={taskId} kind="Transfer" />
      <Park taskId={taskId} />
      <RecordingButtons taskId={taskId} state={recording} />
      <ControlButton
        can={hangUp}
        icon={<CallEndRegular />}
        className={styles.hangUp}
        onClick={() => run(() => hangUp.run())}
      >
        Hang up
      </ControlButton>
    </Toolbar>
  );
}
