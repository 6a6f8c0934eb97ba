import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import type { CustomerMeeting } from 'onescreen/customer';

/** The meeting is recorded: nothing of the customer goes out before they have agreed, and nobody agrees for them. */
export function ConsentDialog({
  meeting,
  run,
}: {
  readonly meeting: CustomerMeeting;
  readonly run: (command: () => Promise<void>) => void;
}) {
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>This meeting is recorded</DialogTitle>
          <DialogContent>Your microphone, camera and screen stay off until you agree to it.</DialogContent>
          <DialogActions>
            <Button onClick={() => run(() => meeting.leave())}>Leave instead</Button>
            <Button appearance="primary" onClick={() => run(() => meeting.grantConsent())}>
              I agree
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
