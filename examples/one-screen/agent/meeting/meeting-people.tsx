import { Badge, Text, makeStyles, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { HandRightRegular } from '@fluentui/react-icons/svg/hand-right';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import { PersonVoiceRegular } from '@fluentui/react-icons/svg/person-voice';
import { PinRegular } from '@fluentui/react-icons/svg/pin';
import { PinOffRegular } from '@fluentui/react-icons/svg/pin-off';
import type { MeetingChannel, MeetingParticipant, MeetingState } from 'onescreen';
import { useControls } from 'onescreen/react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';
import { roleWords } from './meeting-words';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', rowGap: tokens.spacingVerticalXS },
  person: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS },
  name: { flexGrow: 1 },
  role: { color: tokens.colorNeutralForeground3 },
});

/** Everybody who is in, what they do, and what can be done about them. */
export function MeetingPeople(props: {
  readonly taskId: string;
  readonly meeting: MeetingChannel;
  readonly state: MeetingState;
  readonly participants: readonly MeetingParticipant[];
}) {
  const styles = useStyles();
  const { taskId, meeting, state, participants } = props;
  return (
    <ul className={styles.list} aria-label="In the meeting">
      <li className={styles.person}>
        {state.muted ? <MicOffRegular /> : <PersonRegular />}
        <Text className={styles.name}>You</Text>
        {state.handRaised && <Badge appearance="tint" icon={<HandRightRegular />} aria-label="Hand raised" />}
        <Text size={200} className={styles.role}>
          {roleWords[state.role]}
        </Text>
      </li>
      {participants.map((person) => (
        <Person key={person.id} taskId={taskId} meeting={meeting} person={person} />
      ))}
    </ul>
  );
}

function Person(props: {
  readonly taskId: string;
  readonly meeting: MeetingChannel;
  readonly person: MeetingParticipant;
}) {
  const styles = useStyles();
  const { taskId, meeting, person } = props;
  const run = useRun();
  const { can } = useControls(taskId);
  const { id, displayName: name = 'Guest', muted, speaking, role, handRaised, spotlighted, status } = person;
  return (
    <li className={styles.person} aria-label={name}>
      {muted ? <MicOffRegular /> : speaking ? <PersonVoiceRegular /> : <PersonRegular />}
      <Text className={styles.name}>{name}</Text>
      {handRaised !== undefined && (
        <Badge appearance="tint" icon={<HandRightRegular />} aria-label="Hand raised">
          {handRaised}
        </Badge>
      )}
      {spotlighted && <Badge appearance="tint">in the spotlight</Badge>}
      <Text size={200} className={styles.role}>
        {[status === 'connected' ? '' : status, roleWords[role]].filter((part) => part !== '').join(', ')}
      </Text>
      <ControlButton
        can={can('meeting.spotlight')}
        icon={spotlighted ? <PinOffRegular /> : <PinRegular />}
        label={spotlighted ? `End the spotlight on ${name}` : `Spotlight ${name}`}
        onClick={() => run(() => meeting.spotlight(id, { on: !spotlighted }))}
      />
      {!muted && (
        <ControlButton
          can={can('meeting.muteParticipant')}
          icon={<MicOffRegular />}
          label={`Mute ${name}`}
          onClick={() => run(() => meeting.muteParticipant(id))}
        />
      )}
      <ControlButton
        can={can('meeting.removeParticipant')}
        icon={<DismissRegular />}
        label={`Remove ${name}`}
        onClick={() => run(() => meeting.removeParticipant(id))}
      />
    </li>
  );
}
