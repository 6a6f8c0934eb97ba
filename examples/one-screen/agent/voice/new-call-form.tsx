import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogTitle,
  DialogTrigger,
  Field,
  Input,
  Select,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { BackspaceRegular } from '@fluentui/react-icons/svg/backspace';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { useState } from 'react';
import { DialPad, numberKeys } from './dial-pad';
import { useDial } from './use-dial';
import { useQueues } from './use-queues';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
});

/** Whom to call, and for which queue where there are several. */
export function NewCallForm({ done }: { readonly done: () => void }) {
  const styles = useStyles();
  const queues = useQueues();
  const [number, setNumber] = useState('');
  const [queueId, setQueueId] = useState<string>();
  const { dialling, problem, dial, forget } = useDial(done);
  const write = (value: string) => {
    setNumber(value);
    forget();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        dial(number, queueId ?? queues[0]?.id);
      }}
    >
      <DialogBody>
        <DialogTitle>New call</DialogTitle>
        <DialogContent className={styles.content}>
          <Field
            label="Number"
            hint="With + and the country code, such as +44 20 7946 0000"
            {...(problem !== undefined && { validationMessage: problem })}
          >
            <Input
              type="tel"
              autoComplete="off"
              autoFocus
              value={number}
              onChange={(_, { value }) => write(value)}
              contentAfter={
                <Button
                  appearance="transparent"
                  size="small"
                  icon={<BackspaceRegular />}
                  aria-label="Delete last digit"
                  onClick={() => write(number.slice(0, -1))}
                />
              }
            />
          </Field>
          <DialPad keys={numberKeys} press={(key) => write(number + key)} />
          {queues.length > 1 && (
            <Field label="Queue">
              <Select value={queueId ?? queues[0]?.id} onChange={(_, { value }) => setQueueId(value)}>
                {queues.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
          )}
        </DialogContent>
        <DialogActions>
          <DialogTrigger disableButtonEnhancement>
            <Button>Cancel</Button>
          </DialogTrigger>
          <Button type="submit" appearance="primary" icon={<CallRegular />} disabledFocusable={dialling}>
            {dialling ? 'Calling…' : 'Call'}
          </Button>
        </DialogActions>
      </DialogBody>
    </form>
  );
}
