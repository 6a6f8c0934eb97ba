import { Button, Text, makeStyles, tokens } from '@fluentui/react-components';
import { useConversation, useInvitations } from 'onescreen/react';
import { aChannel } from './a-channel';
import { useRun } from './reports';

const useStyles = makeStyles({
  line: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  grow: { flexGrow: 1 },
});

/** Into which channels the customer has been invited and has not come yet. */
export function InvitationList({ conversationId }: { readonly conversationId: string }) {
  const styles = useStyles();
  const run = useRun();
  const conversation = useConversation(conversationId)?.conversation;
  const invitations = useInvitations(conversationId);
  if (conversation === undefined) return null;
  return (
    <div role="status" aria-label="Invitations">
      {invitations.map(({ id, channel }) => (
        <div key={id} className={styles.line}>
          <Text className={styles.grow}>The customer is invited to {aChannel(channel)}</Text>
          <Button size="small" onClick={() => run(() => conversation.withdraw(id))}>
            Withdraw
          </Button>
        </div>
      ))}
    </div>
  );
}
