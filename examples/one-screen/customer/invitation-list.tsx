import { makeStyles, tokens } from '@fluentui/react-components';
import type { Live } from 'onescreen';
import type { CustomerInvitation } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { InvitationCard } from './invitation-card';
import type { Views } from './views';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    rowGap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    ':empty': { padding: 0 },
  },
});

/** Into what else the customer is asked. Read out when one comes. */
export function InvitationList(props: {
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  readonly joined: (views: Views) => void;
}) {
  const styles = useStyles();
  const invitations = useLive(props.invitations$);
  return (
    <div className={styles.list} role="region" aria-label="Invitations" aria-live="polite">
      {invitations.map((invitation) => (
        <InvitationCard key={invitation.id} invitation={invitation} joined={props.joined} />
      ))}
    </div>
  );
}
