import { makeStyles, tokens } from '@fluentui/react-components';
import type { MeetingChannel, MeetingParticipant, MeetingPicture } from 'onescreen';
import { useCallback } from 'react';
import { PictureTile } from './picture-tile';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(180px, 1fr))',
    gap: tokens.spacingHorizontalS,
    maxHeight: '45vh',
    overflowY: 'auto',
  },
});

/** All pictures of the meeting, a shared screen first and large. */
export function MeetingPictures(props: {
  readonly meeting: MeetingChannel;
  readonly pictures: readonly MeetingPicture[];
  readonly participants: readonly MeetingParticipant[];
}) {
  const styles = useStyles();
  const { meeting, pictures, participants } = props;
  const show = useCallback<MeetingChannel['show']>((id, options) => meeting.show(id, options), [meeting]);
  const nameOf = ({ participantId }: MeetingPicture) =>
    participantId === undefined ? 'You' : (participants.find(({ id }) => id === participantId)?.displayName ?? 'Guest');
  const screens = pictures.filter(({ kind }) => kind === 'screen');
  const cameras = pictures.filter(({ kind }) => kind === 'camera');
  if (pictures.length === 0) return null;
  return (
    <div className={styles.grid} role="group" aria-label="Pictures">
      {[...screens, ...cameras].map((picture) => (
        <PictureTile key={picture.id} picture={picture} name={nameOf(picture)} show={show} />
      ))}
    </div>
  );
}
