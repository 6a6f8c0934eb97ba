import { Button, Subtitle2, Text, Toolbar, makeStyles, tokens } from '@fluentui/react-components';
import type { RemoteParticipant, TeamsCall } from '@azure/communication-calling';
import { getIdentifierRawId } from '@azure/communication-common';
import { RemotePicture } from './remote-picture';
import { RoomChat } from './room-chat';
import type { TeamsPhone } from './teams-phone';
import { act, type TeamsPerson, type TeamsSide } from './teams-side';
import { useLookedAt } from './use-looked-at';

const useStyles = makeStyles({
  room: { display: 'grid', rowGap: tokens.spacingVerticalM },
  pictures: { display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(240px, 1fr))', gap: '8px' },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', rowGap: tokens.spacingVerticalXS },
  line: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS },
  grow: { flexGrow: 1 },
});

/** The meeting that the person is in. */
export function Room(props: {
  readonly phone: TeamsPhone;
  readonly call: TeamsCall;
  readonly side: TeamsSide;
  readonly person: TeamsPerson;
  readonly meetingId: string | undefined;
}) {
  const styles = useStyles();
  useLookedAt();
  const { phone, call, side, person, meetingId } = props;
  const threadId = call.info.threadId;
  const isIn = call.state === 'Connected' || call.state === 'LocalHold';
  const pictures = call.remoteParticipants.flatMap((participant) =>
    participant.videoStreams
      .filter(({ isAvailable }) => isAvailable)
      .map((stream) => ({ stream, name: nameOf(participant), key: `${rawId(participant)}/${stream.id}` })),
  );
  return (
    <div className={styles.room}>
      <Text role="status" aria-label="State">
        {call.state}, {call.role}
      </Text>
      <Toolbar aria-label="Room controls">
        <Button onClick={() => void (call.isMuted ? call.unmute() : call.mute())}>
          {call.isMuted ? 'Unmute' : 'Mute'}
        </Button>
        <Button onClick={() => void (call.isLocalVideoStarted ? stopVideo(call) : phone.startVideo())}>
          {call.isLocalVideoStarted ? 'Stop video' : 'Start video'}
        </Button>
        <Button onClick={() => void (call.isScreenSharingOn ? call.stopScreenSharing() : call.startScreenSharing())}>
          {call.isScreenSharingOn ? 'Stop sharing' : 'Share screen'}
        </Button>
        {meetingId !== undefined && (
          <>
            <Button onClick={() => void act(meetingId, { action: 'record', on: true })}>Start recording</Button>
            <Button onClick={() => void act(meetingId, { action: 'record', on: false })}>Stop recording</Button>
            <Button onClick={() => void act(meetingId, { action: 'end' })}>End for everybody</Button>
          </>
        )}
        <Button onClick={() => void call.hangUp()}>Leave</Button>
      </Toolbar>
      <section aria-label="Lobby">
        <ul className={styles.list}>
          {call.lobby.participants.map((guest) => (
            <li key={rawId(guest)} className={styles.line}>
              <Text className={styles.grow}>{nameOf(guest)} waits in the lobby</Text>
              <Button appearance="primary" onClick={() => void call.lobby.admit(guest.identifier)}>
                Admit {nameOf(guest)}
              </Button>
              <Button onClick={() => void call.lobby.reject(guest.identifier)}>Deny {nameOf(guest)}</Button>
            </li>
          ))}
        </ul>
      </section>
      <Subtitle2 as="h2">In the meeting</Subtitle2>
      <ul className={styles.list} aria-label="In the meeting">
        {call.remoteParticipants.map((participant) => (
          <li key={rawId(participant)} className={styles.line}>
            <Text className={styles.grow}>
              {nameOf(participant)}, {participant.role ?? 'Unknown'}
              {participant.isMuted ? ', muted' : ''}
            </Text>
            {meetingId !== undefined &&
              (['Presenter', 'Attendee'] as const).map((role) => (
                <Button
                  key={role}
                  size="small"
                  onClick={() => void act(meetingId, { action: 'role', user: rawId(participant), role })}
                >
                  Make {nameOf(participant)} {role.toLowerCase()}
                </Button>
              ))}
          </li>
        ))}
      </ul>
      <div className={styles.pictures}>
        {pictures.map(({ stream, name, key }) => (
          <RemotePicture key={key} phone={phone} stream={stream} name={name} />
        ))}
      </div>
      {isIn && threadId !== undefined && threadId !== '' && (
        <RoomChat endpoint={side.endpoint} person={person} threadId={threadId} />
      )}
    </div>
  );
}

async function stopVideo(call: TeamsCall): Promise<void> {
  const camera = call.localVideoStreams.find(({ mediaStreamType }) => mediaStreamType === 'Video');
  if (camera !== undefined) await call.stopVideo(camera);
}

function nameOf({ displayName }: RemoteParticipant): string {
  return displayName ?? 'Guest';
}

function rawId({ identifier }: RemoteParticipant): string {
  return getIdentifierRawId(identifier);
}
