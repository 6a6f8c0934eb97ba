import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type { RemoteVideoStream } from '@azure/communication-calling';
import { useEffect, useRef } from 'react';
import type { TeamsPhone } from './teams-phone';

const useStyles = makeStyles({
  tile: {
    margin: 0,
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackgroundInverted,
    color: tokens.colorNeutralForegroundInverted,
  },
  picture: { aspectRatio: '16 / 9', '& video': { width: '100%', height: '100%' } },
});

/** Somebody's camera or screen. */
export function RemotePicture(props: {
  readonly phone: TeamsPhone;
  readonly stream: RemoteVideoStream;
  readonly name: string;
}) {
  const styles = useStyles();
  const { phone, stream, name } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const renderer = new phone.sdk.VideoStreamRenderer(stream);
    const within = place.current;
    let over = false;
    // A picture that goes while it is opened has nothing to show.
    renderer.createView({ scalingMode: 'Fit' }).then(
      ({ target }) => !over && within?.replaceChildren(target),
      () => {},
    );
    return () => {
      over = true;
      renderer.dispose();
      within?.replaceChildren();
    };
  }, [phone, stream]);
  const what = stream.mediaStreamType === 'ScreenSharing' ? 'Screen' : 'Camera';
  return (
    <figure className={styles.tile} aria-label={`${what} of ${name}`}>
      <div ref={place} className={styles.picture} />
      <figcaption>
        <Caption1>
          {what} of {name}
        </Caption1>
      </figcaption>
    </figure>
  );
}
