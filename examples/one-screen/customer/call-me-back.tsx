import { Button, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import type { CallbackRequest } from 'onescreen/customer';
import { useState } from 'react';
import { phoneNumberHint, readPhoneNumber } from '../phone-number';

const useStyles = makeStyles({
  form: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXXL}`,
  },
});

/** Instead of waiting: to be called back, with the same place in the queue. */
export function CallMeBack({ request }: { readonly request: (request: CallbackRequest) => Promise<unknown> }) {
  const styles = useStyles();
  const [number, setNumber] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ask = async (phone: string) => {
    setBusy(true);
    try {
      await request({ phone });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.form}
      aria-label="Call me back"
      onSubmit={(event) => {
        event.preventDefault();
        const phone = readPhoneNumber(number);
        if (phone === undefined) setProblem(phoneNumberHint);
        else if (!busy) void ask(phone);
      }}
    >
      <Field
        label="Your number"
        hint="You keep your place, and we call you when it is your turn."
        {...(problem !== undefined && { validationMessage: problem })}
      >
        <Input
          type="tel"
          autoComplete="tel"
          value={number}
          onChange={(_, { value }) => {
            setNumber(value);
            setProblem(undefined);
          }}
        />
      </Field>
      <Button type="submit" disabledFocusable={busy}>
        Call me back
      </Button>
    </form>
  );
}
