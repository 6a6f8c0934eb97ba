import {
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
import type { Can, WrapUpState } from 'onescreen';
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
  const { wrapUp: complete, extendWrapUp } = useControls(taskId);
  if (wrapUp?.state.status !== 'active') return null;
  const { draft, dispositions, state } = wrapUp;
  return (
    <Card className={styles.card} role="region" aria-label="Wrap-up">
      <Subtitle2 as="h2">Wrap-up</Subtitle2>
      {state.endsAt !== undefined && (
        <TimeLeft endsAt={state.endsAt} state={state} can={extendWrapUp} extend={() => run(() => extendWrapUp.run())} />
      )}
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
      <ControlButton can={complete} appearance="primary" onClick={() => run(() => complete.run())}>
        Complete
      </ControlButton>
    </Card>
  );
}

function TimeLeft(props: {
  readonly endsAt: Date;
  readonly state: WrapUpState;
  readonly can: Can;
  readonly extend: () => void;
}) {
  const { endsAt, state, can, extend } = props;
  const styles = useStyles();
  const left = endsAt.getTime() - useNow(1_000);
  const until = state.atLimit === 'complete' ? 'until it completes itself' : 'left';
  return (
    <div className={styles.clock}>
      <Caption1>{left > 0 ? `${duration(left)} ${until}` : `Overdue by ${duration(-left)}`}</Caption1>
      <ControlButton can={can} onClick={extend}>
        {state.extensionsLeft === undefined ? 'More time' : `More time (${state.extensionsLeft})`}
      </ControlButton>
    </div>
  );
}
