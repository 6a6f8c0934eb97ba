import { Badge, Caption1, PresenceBadge, Text, makeStyles, tokens } from '@fluentui/react-components';
import { ContactCardRegular } from '@fluentui/react-icons/svg/contact-card';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import type { Can, DirectoryRecord, Target } from 'onescreen';
import { ControlButton } from './control-button';

const useStyles = makeStyles({
  list: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    maxHeight: '240px',
    overflowY: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  row: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
  },
  who: { flexGrow: 1, minWidth: 0 },
  none: { padding: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground3 },
});

/** Agents, queues and contacts, each with a button that says whether it can be chosen. */
export function DirectoryList(props: {
  readonly entries: readonly DirectoryRecord[];
  readonly searching: boolean;
  readonly verb: string;
  readonly can: (target: Target) => Can;
  readonly choose: (target: Target) => void;
}) {
  const styles = useStyles();
  const { entries, searching, verb, can, choose } = props;
  if (entries.length === 0)
    return <Text className={styles.none}>{searching ? 'Looking…' : 'Nobody of that name.'}</Text>;
  return (
    <ul className={styles.list} aria-label="Directory">
      {entries.map((entry) => (
        <li key={JSON.stringify(entry.target)} className={styles.row} aria-label={entry.displayName}>
          {iconOf(entry)}
          <span className={styles.who}>
            <Text block truncate wrap={false}>
              {entry.displayName}
            </Text>
            <Caption1 block>{words(entry)}</Caption1>
          </span>
          {entry.kind === 'agent' && entry.busy && <Badge appearance="tint">busy</Badge>}
          <ControlButton
            can={reachable(entry, can(entry.target))}
            label={`${verb} ${entry.displayName}`}
            onClick={() => choose(entry.target)}
          >
            {verb}
          </ControlButton>
        </li>
      ))}
    </ul>
  );
}

/** Whoever does not work now would not be rung. */
function reachable(entry: DirectoryRecord, can: Can): Can {
  if (!can.allowed || entry.kind !== 'agent' || entry.availability.kind === 'available') return can;
  return { allowed: false, reason: 'Not available now' };
}

function iconOf(entry: DirectoryRecord) {
  if (entry.kind === 'queue') return <PeopleTeamRegular aria-hidden />;
  if (entry.kind === 'contact') return <ContactCardRegular aria-hidden />;
  return <PresenceBadge status={entry.availability.kind === 'available' ? 'available' : 'away'} />;
}

function words(entry: DirectoryRecord): string {
  switch (entry.kind) {
    case 'agent':
      return [entry.availability.kind === 'available' ? 'available' : 'not available', entry.detail]
        .filter((part) => part !== undefined)
        .join(', ');
    case 'queue':
      return `${entry.waiting} waiting, ${entry.available} available`;
    case 'contact':
      return entry.detail ?? 'contact';
  }
}
