import { Body1, Subtitle1, makeStyles, tokens } from '@fluentui/react-components';
import { useAgent } from 'onescreen/react';

const useStyles = makeStyles({
  empty: {
    gridColumn: '2 / -1',
    gridRow: '1 / -1',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    rowGap: tokens.spacingVerticalS,
    color: tokens.colorNeutralForeground3,
    textAlign: 'center',
    padding: tokens.spacingHorizontalXXL,
  },
});

/** What stands where a conversation will be. */
export function EmptyDesk() {
  const styles = useStyles();
  const agent = useAgent();
  const available = agent?.state.availability.kind === 'available';
  return (
    <main className={styles.empty}>
      <Subtitle1>No conversation in hand</Subtitle1>
      <Body1>
        {available
          ? 'Offers appear on the left. Accept one and the conversation opens here.'
          : 'You are not available. Become available and offers will appear on the left.'}
      </Body1>
    </main>
  );
}
