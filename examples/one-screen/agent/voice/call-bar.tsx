import { MessageBar, MessageBarBody, Text, makeStyles, tokens } from '@fluentui/react-components';
import { useCall, useTask } from 'onescreen/react';
import { CallControls } from './call-controls';
import { CallPeople } from './call-people';
import { CallStatus } from './call-status';
import { ConsultPanel } from './consult-panel';
import { TalkingTo } from './talking-to';
import { problemSentence, sentence } from './call-words';
import { MediaElsewhere } from './media-elsewhere';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    flexShrink: 0,
  },
  problems: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalXS },
});

/** The call of a conversation: how it stands, who is in it, and what can be done. Nothing where there is no call. */
export function CallBar({ taskId, conversationId }: { readonly taskId: string; readonly conversationId: string }) {
  const styles = useStyles();
  const current = useCall(conversationId);
  const isInHand = useTask(taskId)?.status === 'assigned';
  if (current === undefined) return null;
  const { call, state, participants, quality, recording } = current;
  // Whoever has given the customer to somebody else was taken out for that.
  const isGiven = !isInHand && state.end?.code === 'call/removed';
  const under = state.status !== 'lost' && state.status !== 'closed';
  return (
    <section className={styles.bar} aria-label="Call">
      <CallStatus state={state} quality={quality} recording={recording.state} />
      {state.media === 'other-tab' && <MediaElsewhere />}
      {under && <TalkingTo {...{ taskId, conversationId, state, participants }} />}
      {under && <ConsultPanel taskId={taskId} />}
      {under && <CallPeople {...{ taskId, conversationId, call, state, participants }} />}
      <div>
        <div className={styles.problems} role="status" aria-label="Call problems">
          {under &&
            quality.problems.map((problem) => (
              <MessageBar key={problem} intent="warning">
                <MessageBarBody>{problemSentence(problem)}</MessageBarBody>
              </MessageBar>
            ))}
        </div>
        <div role="status" aria-label="Why the call ended">
          {!under && !isGiven && state.end !== undefined && <Text>{sentence(state.end.message)}</Text>}
        </div>
      </div>
      {state.status !== 'closed' && <CallControls taskId={taskId} state={state} recording={recording.state} />}
    </section>
  );
}
