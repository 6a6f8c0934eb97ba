import { Button, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { LobbyGuest, MeetingChannel } from 'onescreen';
import { useControls } from 'onescreen/react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', rowGap: tokens.spacingVerticalXS },
  guest: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS },
  name: { flexGrow: 1 },
});

/** Who waits to be let in. */
export function LobbyList(props: {
  readonly taskId: string;
  readonly meeting: MeetingChannel;
  readonly lobby: readonly LobbyGuest[];
}) {
  const styles = useStyles();
  const { taskId, meeting, lobby } = props;
  const run = useRun();
  const admit = useControls(taskId).can('admit');
  return (
    <section aria-label="Lobby" aria-live="polite">
      {lobby.length > 0 && (
        <ul className={styles.list}>
          {lobby.map(({ id, displayName = 'Guest' }) => (
            <li key={id} className={styles.guest}>
              <Text className={styles.name}>{displayName} waits in the lobby</Text>
              <ControlButton
                can={admit}
                appearance="primary"
                label={`Admit ${displayName}`}
                onClick={() => run(() => meeting.admit(id))}
              >
                Admit
              </ControlButton>
              <ControlButton can={admit} label={`Deny ${displayName}`} onClick={() => run(() => meeting.deny(id))}>
                Deny
              </ControlButton>
            </li>
          ))}
        </ul>
      )}
      {lobby.length > 1 && admit.allowed && (
        <Button size="small" onClick={() => run(() => meeting.admitAll())}>
          Admit all
        </Button>
      )}
    </section>
  );
}
