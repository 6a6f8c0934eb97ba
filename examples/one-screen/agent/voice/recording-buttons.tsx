import { PauseCircleRegular } from '@fluentui/react-icons/svg/pause-circle';
import { RecordRegular } from '@fluentui/react-icons/svg/record';
import { RecordStopRegular } from '@fluentui/react-icons/svg/record-stop';
import type { Recording } from 'onescreen';
import { useControls } from 'onescreen/react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';

type RecordingState = Recording['state$']['value'];

/** Records the call, and pauses for what must not be recorded, such as a card number. Everybody in the call is told. */
export function RecordingButtons({ taskId, state }: { readonly taskId: string; readonly state: RecordingState }) {
  const run = useRun();
  const { record } = useControls(taskId);
  if (state === 'off') {
    return (
      <ControlButton can={record} icon={<RecordRegular />} onClick={() => run(() => record.run('start'))}>
        Start recording
      </ControlButton>
    );
  }
  return (
    <>
      {state === 'on' ? (
        <ControlButton can={record} icon={<PauseCircleRegular />} onClick={() => run(() => record.run('pause'))}>
          Pause recording
        </ControlButton>
      ) : (
        <ControlButton can={record} icon={<RecordRegular />} onClick={() => run(() => record.run('resume'))}>
          Resume recording
        </ControlButton>
      )}
      <ControlButton can={record} icon={<RecordStopRegular />} onClick={() => run(() => record.run('stop'))}>
        Stop recording
      </ControlButton>
    </>
  );
}
