import { Badge, Text, Toolbar, makeStyles, tokens } from '@fluentui/react-components';
import { useAgent, useSession } from 'onescreen/react';
import { AvailabilityMenu } from './availability-menu';
import { SignInMenu } from './sign-in-menu';
import { DevicePicker } from './voice/device-picker';
import { NewCall } from './voice/new-call';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  name: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS },
  space: { flexGrow: 1 },
  toolbar: { flexWrap: 'wrap', '& > *': { flexShrink: 0, whiteSpace: 'nowrap' } },
  load: { color: tokens.colorNeutralForeground2 },
});

/** Who works here, whether they want work, how much they have, and the link. */
export function TopBar() {
  const styles = useStyles();
  const agent = useAgent();
  const session = useSession();
  return (
    <header className={styles.bar}>
      <span className={styles.name}>
        <img src="/icon.svg" width={24} height={24} alt="" />
        <Text weight="semibold" size={400}>
          one screen
        </Text>
      </span>
      <Badge appearance="tint" color={session.status === 'online' ? 'success' : 'warning'} aria-label="Session">
        {session.status}
      </Badge>
      <Badge appearance="outline" color="severe">
        Development sign-in: not for production
      </Badge>
      <span className={styles.space} />
      {agent !== undefined && (
        <Toolbar className={styles.toolbar} aria-label="Agent">
          <Text className={styles.load} size={200}>
            {agent.state.load.used} of {agent.state.load.capacity} in use
          </Text>
          <NewCall />
          <DevicePicker />
          <AvailabilityMenu />
          <SignInMenu displayName={agent.agent.displayName} />
        </Toolbar>
      )}
    </header>
  );
}
