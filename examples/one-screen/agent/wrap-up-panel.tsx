import {
  Button,
  Caption1,
  Card,
  Field,
  Radio,
  RadioGroup,
  Subtitle2,
  Textarea,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useControls, useWrapUp } from 'onescreen/react';
import { duration } from '../duration';
import { useNow } from '../use-now';
import { ControlButton } from './control-button';
import { useRun } from './reports';

const useStyles = makeStyles({
  card: { border: `1px solid ${tokens.colorBrandStroke1}`, rowGap: tokens.spacingVerticalM },
  clock: { display: 'flex', alignItems: 'center', justifyContent: 'space-between' },
});

/** The after-work of a task: how it ended, and notes for whoever comes next. */
export function WrapUpPanel({ taskId }: { readonly taskId: string }) {
  const styles = useStyles();
  const run = useRun();
  const wrapUp = useWrapUp(taskId);
  const { wrapUp: complete } = useControls(taskId);
  if (wrapUp?.state.status !== 'active') return null;
  const { draft, dispositions, state } = wrapUp;
  const missing = state.required && draft.disposition === undefined;
  return (
    <Card className={styles.card} role="region" aria-label="Wrap-up">
      <Subtitle2 as="h2">Wrap-up</Subtitle2>
      {state.endsAt !== undefined && <TimeLeft endsAt={state.endsAt} extend={() => run(() => wrapUp.extend())} />}
      <Field label="Disposition" required={state.required}>
        <RadioGroup value={draft.disposition ?? ''} onChange={(_, { value }) => wrapUp.save({ disposition: value })}>
          {dispositions.map(({ code, label }) => (
            <Radio key={code} value={code} label={label} />
          ))}
        </RadioGroup>
      </Field>
      <Field label="Notes">
        <Textarea value={draft.notes ?? ''} onChange={(_, { value }) => wrapUp.save({ notes: value })} />
      </Field>
      <ControlButton
        can={complete.allowed && missing ? { allowed: false, reason: 'Choose a disposition first' } : complete}
        appearance="primary"
        onClick={() => run(() => complete.run())}
      >
        Complete
      </ControlButton>
    </Card>
  );
}

function TimeLeft({ endsAt, extend }: { readonly endsAt: Date; readonly extend: () => void }) {
  const styles = useStyles();
  const left = endsAt.getTime() - useNow(1_000);
  return (
    <div className={styles.clock}>
      <Caption1>{left > 0 ? `${duration(left)} left` : `Overdue by ${duration(-left)}`}</Caption1>
      <Button size="small" appearance="subtle" onClick={extend}>
        More time
      </Button>
    </div>
  );
}
