import { Text, makeStyles, tokens } from '@fluentui/react-components';
import type { MeetingChannel } from 'onescreen';
import { useLive } from 'onescreen/react';

const useStyles = makeStyles({
  lines: { display: 'grid', rowGap: tokens.spacingVerticalXXS, color: tokens.colorNeutralForeground2 },
});

/** What was said last, as text. */
export function CaptionLines({ meeting }: { readonly meeting: MeetingChannel }) {
  const styles = useStyles();
  const captions = useLive(meeting.captions$);
  return (
    <div className={styles.lines} role="log" aria-label="Captions">
      {captions.slice(-3).map(({ id, speaker, text }) => (
        <Text key={id}>
          {speaker}: {text}
        </Text>
      ))}
    </div>
  );
}
