import { makeStyles, tokens } from '@fluentui/react-components';
import type { MeetingPicture } from 'onescreen';
import type { CustomerMeeting } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { useCallback } from 'react';
import { PictureTile } from '../../agent/meeting/picture-tile';

const useStyles = makeStyles({
  tiles: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))',
    alignContent: 'start',
    gap: tokens.spacingHorizontalS,
    flexGrow: 1,
    minHeight: 0,
    overflowY: 'auto',
  },
});

/** Everybody's pictures, one's own included; a shared screen first and large. */
export function MeetingTiles({ meeting }: { readonly meeting: CustomerMeeting }) {
  const styles = useStyles();
  const pictures = useLive(meeting.pictures$);
  const participants = useLive(meeting.participants$);
  const show = useCallback<CustomerMeeting['show']>((id, options) => meeting.show(id, options), [meeting]);
  const nameOf = ({ participantId }: MeetingPicture) =>
    participantId === undefined ? 'you' : (participants.find(({ id }) => id === participantId)?.displayName ?? 'guest');
  const screens = pictures.filter(({ kind }) => kind === 'screen');
  const cameras = pictures.filter(({ kind }) => kind === 'camera');
  return (
    <div className={styles.tiles} role="group" aria-label="Pictures">
      {[...screens, ...cameras].map((picture) => (
        <PictureTile key={picture.id} picture={picture} name={nameOf(picture)} show={show} />
      ))}
    </div>
  );
}
