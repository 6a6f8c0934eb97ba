import { Button, Card, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerInvitation } from 'onescreen/customer';
import { TimeLeft } from './time-left';
import { useRun } from './use-run';
import type { Views } from './views';

const useStyles = makeStyles({
  buttons: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
  problem: { color: tokens.colorStatusDangerForeground1 },
});

const into = { voice: 'a call', meeting: 'a video meeting', chat: 'a chat' } as const;

/** Who asks, into what, and how long it stands. */
export function InvitationCard({
  invitation,
  joined,
}: {
  readonly invitation: CustomerInvitation;
  readonly joined: (views: Views) => void;
}) {
  const styles = useStyles();
  const { run, busy, problem } = useRun();
  const { channel, from, status } = invitation;
  const isNew = status === 'open';
  const words = isNew ? `${from} invites you to ${into[channel]}.` : `${into[channel]} with ${from} is still open.`;
  return (
    <Card role="group" aria-label={`Invitation to ${into[channel]}`}>
      <Text weight="semibold">{words.charAt(0).toUpperCase() + words.slice(1)}</Text>
      {problem !== undefined && (
        <Text role="alert" className={styles.problem}>
          {problem}
        </Text>
      )}
      <div className={styles.buttons}>
        <Button
          appearance="primary"
          disabledFocusable={busy}
          onClick={() => run(async () => joined(await join(invitation)))}
        >
          {isNew ? 'Join' : 'Join again'}
        </Button>
        {isNew && (
          <>
            <Button disabledFocusable={busy} onClick={() => run(() => invitation.decline())}>
              Not now
            </Button>
            <TimeLeft until={invitation.expiresAt} />
          </>
        )}
      </div>
    </Card>
  );
}

async function join(invitation: CustomerInvitation): Promise<Views> {
  switch (invitation.channel) {
    case 'voice':
      return { call: await invitation.accept() };
    case 'meeting':
      return { meeting: await invitation.accept() };
    case 'chat':
      return { chat: await invitation.accept() };
  }
}
