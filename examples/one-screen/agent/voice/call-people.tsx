import { Text, makeStyles, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { PersonVoiceRegular } from '@fluentui/react-icons/svg/person-voice';
import type { CallParticipant, VoiceChannel, VoiceState } from 'onescreen';
import { useControls } from 'onescreen/react';
import type { ReactNode } from 'react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';
import { LevelMeter } from './level-meter';
import { useLatest } from './use-latest';
import { usePeople } from './use-people';

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

/** Who is in the call, who is muted, who speaks, and how loud; whoever was added can be muted and taken out again. */
export function CallPeople(props: {
  readonly taskId: string;
  readonly conversationId: string;
  readonly call: VoiceChannel;
  readonly state: VoiceState;
  readonly participants: readonly CallParticipant[];
}) {
  const styles = useStyles();
  const { taskId, conversationId, call, state, participants } = props;
  const run = useRun();
  const { muteParticipant, removeParticipant } = useControls(taskId);
  const people = usePeople(taskId, conversationId, participants);
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
      {people.map(({ inCall, known, name }) => {
        const { id, status } = inCall;
        return (
          <Person
            key={id}
            name={name}
            marks={marksOf(inCall)}
            speaking={inCall.speaking}
            level={levels?.participants[id]}
          >
            {status === 'connected' && !inCall.muted && (
              <ControlButton
                can={muteParticipant}
                icon={<MicOffRegular />}
                label={`Mute ${name}`}
                onClick={() => run(() => muteParticipant.run(id))}
              />
            )}
            {known?.role !== 'customer' && (
              <ControlButton
                can={removeParticipant}
                icon={<DismissRegular />}
                label={`Remove ${name}`}
                onClick={() => run(() => removeParticipant.run(id))}
              />
            )}
          </Person>
        );
      })}
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
  readonly children?: ReactNode;
}) {
  const styles = useStyles();
  const { name, marks, speaking, level, children } = props;
  return (
    <li className={styles.person}>
      {marks === undefined ? speaking ? <PersonVoiceRegular /> : <MicRegular /> : <MicOffRegular />}
      <Text>{name}</Text>
      <Text size={200} className={styles.faint}>
        {marks ?? (speaking ? 'speaking' : '')}
      </Text>
      {level !== undefined && <LevelMeter level={level} label={`Level of ${name}`} />}
      {children}
    </li>
  );
}

function marksOf({ status, muted }: CallParticipant): string | undefined {
  if (status === 'held') return 'on hold';
  if (status === 'connecting') return 'connecting';
  return muted ? 'muted' : undefined;
}
