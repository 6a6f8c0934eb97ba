import { Text, makeStyles, tokens } from '@fluentui/react-components';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { PersonVoiceRegular } from '@fluentui/react-icons/svg/person-voice';
import type { CallParticipant, Participant, VoiceChannel, VoiceState } from 'onescreen';
import { useConversation } from 'onescreen/react';
import { LevelMeter } from './level-meter';
import { useLatest } from './use-latest';

const useStyles = makeStyles({
  list: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalXL,
    rowGap: tokens.spacingVerticalXS,
  },
  person: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS },
  faint: { color: tokens.colorNeutralForeground2 },
});

/** Who is in the call, who is muted, who speaks, and how loud. */
export function CallPeople(props: {
  readonly conversationId: string;
  readonly call: VoiceChannel;
  readonly state: VoiceState;
  readonly participants: readonly CallParticipant[];
}) {
  const styles = useStyles();
  const { conversationId, call, state, participants } = props;
  const known = useConversation(conversationId)?.participants ?? [];
  // The levels are with the sound, in the tab that has it.
  const levels = useLatest(state.media === 'here' ? call.levels$ : undefined);
  return (
    <ul className={styles.list} aria-label="In the call">
      <Person
        name="You"
        marks={state.mutedByOthers ? 'muted by somebody else' : state.muted ? 'muted' : undefined}
        speaking={!state.muted && (levels?.self ?? 0) > audible}
        level={levels?.self}
      />
      {participants
        .filter(({ status }) => status !== 'gone')
        .map((participant) => (
          <Person
            key={participant.id}
            name={nameOf(participant, known)}
            marks={marksOf(participant)}
            speaking={participant.speaking}
            level={levels?.participants[participant.id]}
          />
        ))}
    </ul>
  );
}

/** Below this a microphone hears a room and nobody in it. */
const audible = 0.1;

function Person(props: {
  readonly name: string;
  readonly marks: string | undefined;
  readonly speaking: boolean;
  readonly level: number | undefined;
}) {
  const styles = useStyles();
  const { name, marks, speaking, level } = props;
  return (
    <li className={styles.person}>
      {marks === undefined ? speaking ? <PersonVoiceRegular /> : <MicRegular /> : <MicOffRegular />}
      <Text>{name}</Text>
      <Text size={200} className={styles.faint}>
        {marks ?? (speaking ? 'speaking' : '')}
      </Text>
      {level !== undefined && <LevelMeter level={level} label={`Level of ${name}`} />}
    </li>
  );
}

function marksOf({ status, muted }: CallParticipant): string | undefined {
  if (status === 'held') return 'on hold';
  if (status === 'connecting') return 'connecting';
  return muted ? 'muted' : undefined;
}

function nameOf({ displayName, providerRefs }: CallParticipant, known: readonly Participant[]): string {
  const refs = Object.values(providerRefs);
  const match = known.find((one) => Object.values(one.providerRefs).some((ref) => refs.includes(ref)));
  return match?.displayName ?? displayName ?? 'Somebody';
}
