import {
  Button,
  Field,
  Input,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { CallParkRegular } from '@fluentui/react-icons/svg/call-park';
import { useControls } from 'onescreen/react';
import { useState } from 'react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM, width: '260px' },
});

/** Leaves the customer with music, for whoever of the queue takes the call. */
export function Park({ taskId }: { readonly taskId: string }) {
  const styles = useStyles();
  const run = useRun();
  const { park } = useControls(taskId);
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  return (
    <Popover open={open && park.allowed} onOpenChange={(_, data) => setOpen(data.open)} trapFocus withArrow>
      <PopoverTrigger disableButtonEnhancement>
        <ControlButton can={park} icon={<CallParkRegular />}>
          Park
        </ControlButton>
      </PopoverTrigger>
      <PopoverSurface aria-label="Park">
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            run(() => park.run(note.trim() === '' ? {} : { note: note.trim() }));
            setOpen(false);
          }}
        >
          <Field label="Note">
            <Input value={note} onChange={(_, { value }) => setNote(value)} />
          </Field>
          <Button type="submit" appearance="primary">
            Park call
          </Button>
        </form>
      </PopoverSurface>
    </Popover>
  );
}
