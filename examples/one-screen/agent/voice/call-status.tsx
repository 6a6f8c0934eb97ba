import { Badge, Text, makeStyles, tokens } from '@fluentui/react-components';
import { ClosedCaptionRegular } from '@fluentui/react-icons/svg/closed-caption';
import { PauseCircleRegular } from '@fluentui/react-icons/svg/pause-circle';
import { RecordFilled } from '@fluentui/react-icons/svg/record';
import type { CallQuality, Recording, VoiceState } from 'onescreen';
import { useNow } from '../../use-now';
import { callWords } from './call-words';

const useStyles = makeStyles({
  line: { display: 'flex', alignItems: 'center', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalM },
  time: { fontVariantNumeric: 'tabular-nums' },
  space: { flexGrow: 1 },
});

/** How the call stands, how long it has lasted, who records it, and how good the line is. */
export function CallStatus(props: {
  readonly state: VoiceState;
  readonly quality: CallQuality;
  readonly recording: Recording['state$']['value'];
}) {
  const styles = useStyles();
  const { state, quality, recording } = props;
  const { status, connectedAt, transcription, emergency } = state;
  const over = status === 'closed';
  // The service's own word counts, too: somebody else may record.
  const isRecorded = recording === 'on' || (state.recording && recording !== 'paused');
  const running = status === 'connected' || status === 'held';
  return (
    <div className={styles.line}>
      <Text role="status" aria-label="Call status" weight="semibold">
        {callWords(state)}
      </Text>
      {running && connectedAt !== undefined && <Lasting since={connectedAt} />}
      <span className={styles.space} />
      <span role="status" aria-label="Recording">
        {recording === 'paused' && !over && (
          <Badge appearance="tint" color="warning" icon={<PauseCircleRegular />}>
            Recording paused
          </Badge>
        )}
        {isRecorded && !over && (
          <Badge appearance="tint" color="danger" icon={<RecordFilled />}>
            Recording
          </Badge>
        )}{' '}
        {transcription && !over && (
          <Badge appearance="tint" color="danger" icon={<ClosedCaptionRegular />}>
            Transcribing
          </Badge>
        )}
      </span>
      {emergency && <Badge color="important">Emergency call</Badge>}
      {running && quality.rating !== 'unknown' && (
        <Badge appearance="tint" color={colors[quality.rating]}>
          {lineWords[quality.rating]}
        </Badge>
      )}
    </div>
  );
}

function Lasting({ since }: { readonly since: Date }) {
  const styles = useStyles();
  const seconds = Math.max(0, Math.floor((useNow(500) - since.getTime()) / 1_000));
  return (
    <Text className={styles.time} role="timer" aria-label="Time in call">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </Text>
  );
}

const lineWords = { good: 'Good line', poor: 'Poor line', bad: 'Bad line' } as const;
const colors = { good: 'success', poor: 'warning', bad: 'danger' } as const;
