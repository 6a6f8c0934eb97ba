import { Button, MessageBar, MessageBarBody, Subtitle1, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerCall } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { CallMeBack } from './call-me-back';
import { callWords } from './call-words';
import { InvitationList } from './invitation-list';
import { useRun } from './use-run';
import type { Views } from './views';

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

/** The running call. `joined`: it shows what else the customer is asked into; left out where the chat does. */
export function CallView(props: {
  readonly call: CustomerCall;
  readonly joined?: (views: Views) => void;
  readonly startAnew: () => void;
  /** What the button says once it is over. */
  readonly after: string;
}) {
  const styles = useStyles();
  const { call, joined, startAnew, after } = props;
  const state = useLive(call.state$);
  const { run, problem } = useRun();
  const ended =
    state.phase === 'ended' || state.phase === 'callback' || state.call === 'closed' || state.call === 'lost';
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
        <MessageBar intent="error" role="alert" shape="square" layout="multiline">
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {state.phase === 'queued' && state.call === 'connected' && (
        <CallMeBack request={(request) => call.requestCallback(request)} />
      )}
      {joined !== undefined && <InvitationList invitations$={call.invitations$} joined={joined} />}
      <div className={styles.buttons}>
        {ended ? (
          <Button onClick={startAnew}>{after}</Button>
        ) : (
          <>
            {state.muted ? (
              <Button onClick={() => run(() => call.unmute())}>Unmute</Button>
            ) : (
              <Button disabled={state.call !== 'connected'} onClick={() => run(() => call.mute())}>
                Mute
              </Button>
            )}
            <Button appearance="primary" onClick={() => run(() => call.hangUp())}>
              Hang up
            </Button>
          </>
        )}
      </div>
    </>
  );
}
