import { MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import type { MeetingChannel } from 'onescreen';
import { useControls } from 'onescreen/react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';

/** The meeting is recorded: nothing is sent before the agent has agreed. */
export function ConsentQuestion({ taskId, meeting }: { readonly taskId: string; readonly meeting: MeetingChannel }) {
  const run = useRun();
  const { can } = useControls(taskId);
  return (
    <MessageBar intent="warning" aria-label="Consent">
      <MessageBarBody>
        This meeting is recorded. Microphone, camera and screen stay off until you agree to it.
      </MessageBarBody>
      <MessageBarActions>
        <ControlButton
          can={can('meeting.grantConsent')}
          appearance="primary"
          onClick={() => run(() => meeting.grantConsent())}
        >
          I agree
        </ControlButton>
        <ControlButton can={can('meeting.leave')} onClick={() => run(() => meeting.leave())}>
          Leave instead
        </ControlButton>
      </MessageBarActions>
    </MessageBar>
  );
}
