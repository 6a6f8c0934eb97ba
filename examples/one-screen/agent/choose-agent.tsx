import { Button, Card, MessageBar, MessageBarBody, Title2, makeStyles, tokens } from '@fluentui/react-components';
import { demoAgents } from '../development-sign-in';

const useStyles = makeStyles({
  page: {
    minHeight: '100%',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: { width: '360px', maxWidth: '90vw', padding: tokens.spacingVerticalXXL, rowGap: tokens.spacingVerticalL },
});

/** The development sign-in: a name is enough. */
export function ChooseAgent() {
  const styles = useStyles();
  return (
    <main className={styles.page}>
      <Card className={styles.card}>
        <Title2 as="h1">Who works here?</Title2>
        <MessageBar intent="warning">
          <MessageBarBody>Development sign-in: not for production. Nothing is checked.</MessageBarBody>
        </MessageBar>
        {demoAgents.map(({ id, displayName }) => (
          <Button key={id} as="a" href={`/?agent=${id}`} size="large">
            {displayName}
          </Button>
        ))}
      </Card>
    </main>
  );
}
