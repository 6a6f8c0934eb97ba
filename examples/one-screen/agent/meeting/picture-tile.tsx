import { Badge, Caption1, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { MeetingPicture, PictureView } from 'onescreen';
import { useEffect, useRef } from 'react';

const useStyles = makeStyles({
  tile: {
    position: 'relative',
    margin: 0,
    aspectRatio: '16 / 9',
    minWidth: 0,
    overflow: 'hidden',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackgroundInverted,
  },
  large: { gridColumn: '1 / -1' },
  picture: { position: 'absolute', inset: 0, '& video': { width: '100%', height: '100%' } },
  stalled: { position: 'absolute', right: tokens.spacingHorizontalS, top: tokens.spacingVerticalXS },
  name: {
    position: 'absolute',
    left: tokens.spacingHorizontalS,
    bottom: tokens.spacingVerticalXS,
    padding: `0 ${tokens.spacingHorizontalS}`,
    borderRadius: tokens.borderRadiusSmall,
    backgroundColor: tokens.colorNeutralBackgroundAlpha2,
  },
});

/** Somebody's camera, or the screen that they share. */
export function PictureTile(props: {
  readonly picture: MeetingPicture;
  readonly name: string;
  readonly show: (pictureId: string, options: { readonly fit: 'crop' | 'contain' }) => Promise<PictureView>;
}) {
  const styles = useStyles();
  const { picture, name, show } = props;
  const { id, kind, available } = picture;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const within = place.current;
    let view: PictureView | undefined;
    let over = false;
    show(id, { fit: kind === 'camera' ? 'crop' : 'contain' }).then(
      (opened) => {
        if (over) return opened.close();
        view = opened;
        within?.replaceChildren(opened.element);
      },
      // It went while it was being opened; the list of pictures says so, too.
      () => {},
    );
    return () => {
      over = true;
      view?.close();
      within?.replaceChildren();
    };
  }, [id, kind, show]);
  const what = kind === 'screen' ? `Screen of ${name}` : `Camera of ${name}`;
  return (
    <figure className={mergeClasses(styles.tile, kind === 'screen' && styles.large)} aria-label={what}>
      <div ref={place} className={styles.picture} />
      <span role="status" className={styles.stalled}>
        {!available && <Badge color="warning">No picture comes in just now</Badge>}
      </span>
      <figcaption className={styles.name}>
        <Caption1>{kind === 'screen' ? `${name} shares` : name}</Caption1>
      </figcaption>
    </figure>
  );
}
