import { Text, makeStyles, tokens } from '@fluentui/react-components';
import type { TaskInfo } from 'onescreen';

const useStyles = makeStyles({
  from: {
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderLeft: `3px solid ${tokens.colorBrandStroke1}`,
    overflowWrap: 'anywhere',
  },
});

/** Who gave or asked, why, and what they wrote. Nothing where the work came from the queue. */
export function FromColleague({ task }: { readonly task: TaskInfo }) {
  const styles = useStyles();
  const words = fromWords(task);
  if (words === undefined) return null;
  return (
    <Text as="p" block className={styles.from} style={{ margin: 0 }} aria-label="From">
      {words}
    </Text>
  );
}

function fromWords({ purpose, from }: TaskInfo): string | undefined {
  if (purpose === 'callback') return withNote('A callback that was promised', from?.note);
  if (from === undefined) return undefined;
  const { displayName, note } = from;
  switch (purpose) {
    case 'consult':
      return withNote(`Consult from ${displayName}`, note);
    case 'conference':
      return withNote(`${displayName} asks you to join`, note);
    default:
      return withNote(`Transferred by ${displayName}`, note);
  }
}

function withNote(words: string, note: string | undefined): string {
  return note === undefined ? words : `${words}: ${note}`;
}
