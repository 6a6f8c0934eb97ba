import { Button, MessageBar, MessageBarBody, Subtitle1, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerCall } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { useState } from 'react';
import { CallMeBack } from './call-me-back';
import { callWords } from './call-words';

const useStyles = makeStyles({
  header: {
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  buttons: {
    display: 'flex',
    columnGap: tokens.spacingHorizontalM,
    padding: tokens.spacingHorizontalXXL,
  },
});

/** The running call. */
export function CallView({ call, startAnew }: { readonly call: CustomerCall; readonly startAnew: () => void }) {
  const styles = useStyles();
  const state = useLive(call.state$);
  const [problem, setProblem] = useState<string>();
  const ended =
    state.phase === 'ended' || state.phase === 'callback' || state.call === 'closed' || state.call === 'lost';
  const run = (command: () => Promise<void>) => () => {
    setProblem(undefined);
    command().catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };
  return (
    <>
      <header className={styles.header}>
        <Subtitle1 as="h1">Call with us</Subtitle1>
      </header>
      <MessageBar
        intent={state.phase === 'active' ? 'success' : 'info'}
        role="status"
        shape="square"
        layout="multiline"
      >
        <MessageBarBody>
          {callWords(state)}
          {state.recording && !ended && ' This call is being recorded.'}
        </MessageBarBody>
      </MessageBar>
      {problem !== undefined && (
        <MessageBar intent="error" role="alert" shape="square">
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {state.phase === 'queued' && state.call === 'connected' && (
        <CallMeBack request={(request) => call.requestCallback(request)} />
      )}
      <div className={styles.buttons}>
        {ended ? (
          <Button onClick={startAnew}>Start again</Button>
        ) : (
          <>
            {state.muted ? (
              <Button onClick={run(() => call.unmute())}>Unmute</Button>
            ) : (
              <Button disabled={state.call !== 'connected'} onClick={run(() => call.mute())}>
                Mute
              </Button>
            )}
            <Button appearance="primary" onClick={run(() => call.hangUp())}>
              Hang up
            </Button>
          </>
        )}
      </div>
    </>
  );
}
