import { Badge, MessageBar, MessageBarBody, Text, makeStyles, tokens } from '@fluentui/react-components';
import { RecordFilled } from '@fluentui/react-icons/svg/record';
import { useMeeting } from 'onescreen/react';
import { problemSentence, sentence } from '../voice/call-words';
import { CaptionLines } from './caption-lines';
import { ConsentQuestion } from './consent-question';
import { ExpertPanel } from './expert-panel';
import { InviteCustomer } from './invite-customer';
import { LobbyList } from './lobby-list';
import { MeetingControls } from './meeting-controls';
import { MeetingPeople } from './meeting-people';
import { MeetingPictures } from './meeting-pictures';
import { meetingWords } from './meeting-words';

const useStyles = makeStyles({
  stage: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    flexShrink: 0,
    maxHeight: '70%',
    overflowY: 'auto',
  },
  line: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
  space: { flexGrow: 1 },
});

/** The Teams meeting of a conversation: pictures, lobby, people, and what can be done. Nothing where there is none. */
export function MeetingStage({ taskId, conversationId }: { readonly taskId: string; readonly conversationId: string }) {
  const styles = useStyles();
  const current = useMeeting(conversationId);
  if (current === undefined || current.state.status === 'closed') return null;
  const { meeting, state, participants, lobby, pictures, quality } = current;
  const isIn = state.status === 'connected' || state.status === 'held';
  return (
    <section className={styles.stage} aria-label="Meeting">
      <div className={styles.line}>
        <Text role="status" aria-label="Meeting status" weight="semibold">
          {meetingWords(state)}
        </Text>
        <span className={styles.space} />
        {(state.recording || state.transcription) && (
          <Badge appearance="tint" color="danger" icon={<RecordFilled />} role="status">
            {state.recording ? 'Recording' : 'Transcribing'}
          </Badge>
        )}
      </div>
      {state.consent === 'required' && <ConsentQuestion taskId={taskId} meeting={meeting} />}
      {state.status === 'ended' && state.end !== undefined && <Text role="alert">{sentence(state.end.message)}</Text>}
      <div role="status" aria-label="Meeting problems">
        {isIn &&
          quality.problems.map((problem) => (
            <MessageBar key={problem} intent="warning">
              <MessageBarBody>{problemSentence(problem)}</MessageBarBody>
            </MessageBar>
          ))}
      </div>
      <LobbyList taskId={taskId} meeting={meeting} lobby={lobby} />
      {isIn && <MeetingPictures meeting={meeting} pictures={pictures} participants={participants} />}
      {isIn && <MeetingPeople {...{ taskId, meeting, state, participants }} />}
      {state.captions && <CaptionLines meeting={meeting} />}
      <div className={styles.line}>
        <MeetingControls taskId={taskId} meeting={meeting} state={state} />
        {isIn && <ExpertPanel {...{ taskId, conversationId, meeting }} />}
        <InviteCustomer {...{ conversationId, meeting }} participants={isIn ? participants : undefined} />
      </div>
    </section>
  );
}
