import { Button, MessageBar, MessageBarBody, Subtitle1, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerMeeting } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { problemSentence } from '../../agent/voice/call-words';
import { useRun } from '../use-run';
import { CaptionLines } from './caption-lines';
import { ConsentDialog } from './consent-dialog';
import { MeetingButtons } from './meeting-buttons';
import { MeetingTiles } from './meeting-tiles';
import { meetingWords } from './meeting-words';

const useStyles = makeStyles({
  view: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalM,
    height: '100%',
    minHeight: 0,
    padding: tokens.spacingHorizontalL,
    boxSizing: 'border-box',
  },
});

/** The meeting, beside the chat: pictures, one's own buttons, and why it is over once it is. */
export function MeetingView({ meeting, close }: { readonly meeting: CustomerMeeting; readonly close: () => void }) {
  const styles = useStyles();
  const state = useLive(meeting.state$);
  const participants = useLive(meeting.participants$);
  const { problems } = useLive(meeting.quality$);
  const { run, problem } = useRun();
  const isOver = state.status === 'ended' || state.status === 'closed' || state.status === 'elsewhere';
  const isIn = state.status === 'connected' || state.status === 'held';
  const others = participants.map(({ displayName = 'guest' }) => displayName).join(', ');
  return (
    <section className={styles.view} aria-label="Meeting">
      <Subtitle1 as="h2">Meeting</Subtitle1>
      <MessageBar intent={isIn ? 'success' : 'info'} role="status" layout="multiline">
        <MessageBarBody>
          {meetingWords(state)}
          {state.recording && !isOver && ' It is being recorded.'}
          {state.transcription && !isOver && ' It is being transcribed.'}
        </MessageBarBody>
      </MessageBar>
      <div role="status" aria-label="Meeting problems">
        {isIn &&
          problems.map((one) => (
            <MessageBar key={one} intent="warning" layout="multiline">
              <MessageBarBody>{problemSentence(one)}</MessageBarBody>
            </MessageBar>
          ))}
      </div>
      {problem !== undefined && (
        <MessageBar intent="error" role="alert" layout="multiline">
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {state.consent === 'required' && isIn && <ConsentDialog meeting={meeting} run={run} />}
      {isIn && <MeetingTiles meeting={meeting} />}
      {isIn && <Text>{others === '' ? 'Nobody else is here yet.' : `With ${others}`}</Text>}
      {isIn && state.captions && <CaptionLines meeting={meeting} />}
      {isOver ? <Button onClick={close}>Close</Button> : <MeetingButtons {...{ meeting, state, run }} />}
    </section>
  );
}
