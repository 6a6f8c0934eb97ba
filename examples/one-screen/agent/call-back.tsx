import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  Field,
  Input,
  Select,
  Textarea,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { CallMissedRegular } from '@fluentui/react-icons/svg/call-missed';
import { useControls } from 'onescreen/react';
import { useState } from 'react';
import { ControlButton } from './control-button';
import { phoneNumberHint, readPhoneNumber } from '../phone-number';
import { useRun } from './reports';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
});

/** Minutes from now. */
const delays = [
  ['0', 'As soon as it is their turn'],
  ['15', 'In 15 minutes'],
  ['60', 'In an hour'],
  ['1440', 'Tomorrow at this time'],
] as const;

/** Promises the customer to be called back; a call that goes on ends with it. */
export function CallBack({ taskId }: { readonly taskId: string }) {
  const { callBack } = useControls(taskId);
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open && callBack.allowed} onOpenChange={(_, data) => setOpen(data.open)}>
      <DialogTrigger disableButtonEnhancement>
        <ControlButton can={callBack} icon={<CallMissedRegular />}>
          Call back
        </ControlButton>
      </DialogTrigger>
      <DialogSurface aria-label="Call back" style={{ width: '440px' }}>
        <CallBackForm taskId={taskId} done={() => setOpen(false)} />
      </DialogSurface>
    </Dialog>
  );
}

function CallBackForm({ taskId, done }: { readonly taskId: string; readonly done: () => void }) {
  const styles = useStyles();
  const run = useRun();
  const { callBack } = useControls(taskId);
  const [number, setNumber] = useState('');
  const [delay, setDelay] = useState<string>(delays[0][0]);
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string>();
  const promise = () => {
    const phone = number.trim() === '' ? undefined : readPhoneNumber(number);
    if (number.trim() !== '' && phone === undefined) return setProblem(phoneNumberHint);
    const minutes = Number(delay);
    run(() =>
      callBack.run({
        ...(phone !== undefined && { phone }),
        ...(minutes > 0 && { at: new Date(Date.now() + minutes * 60_000) }),
        ...(note.trim() !== '' && { note: note.trim() }),
      }),
    );
    done();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        promise();
      }}
    >
      <DialogBody>
        <DialogTitle>Call back</DialogTitle>
        <DialogContent className={styles.content}>
          <Field
            label="Number"
            hint="Left empty: the number that they called from"
            {...(problem !== undefined && { validationMessage: problem })}
          >
            <Input
              type="tel"
              autoComplete="off"
              value={number}
              onChange={(_, { value }) => {
                setNumber(value);
                setProblem(undefined);
              }}
            />
          </Field>
          <Field label="When">
            <Select value={delay} onChange={(_, { value }) => setDelay(value)}>
              {delays.map(([minutes, words]) => (
                <option key={minutes} value={minutes}>
                  {words}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Note">
            <Textarea value={note} onChange={(_, { value }) => setNote(value)} />
          </Field>
        </DialogContent>
        <DialogActions>
          <DialogTrigger disableButtonEnhancement>
            <Button>Close</Button>
          </DialogTrigger>
          <Button type="submit" appearance="primary">
            Promise callback
          </Button>
        </DialogActions>
      </DialogBody>
    </form>
  );
}
