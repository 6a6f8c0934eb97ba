import { makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  track: {
    width: '72px',
    height: '6px',
    flexShrink: 0,
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: tokens.colorNeutralStroke2,
    overflow: 'hidden',
  },
  bar: {
    height: '100%',
    width: '100%',
    backgroundColor: tokens.colorPaletteGreenForeground1,
    transformOrigin: 'left',
    transitionProperty: 'transform',
    transitionDuration: '150ms',
  },
});

/** How loud somebody is, 0 to 1. */
export function LevelMeter({ level, label }: { readonly level: number; readonly label: string }) {
  const styles = useStyles();
  const percent = Math.round(Math.min(1, Math.max(0, level)) * 100);
  return (
    <div
      className={styles.track}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} %`}
    >
      <div className={styles.bar} style={{ transform: `scaleX(${percent / 100})` }} />
    </div>
  );
}
