import { Tag, TagGroup, makeStyles, tokens } from '@fluentui/react-components';
import type { Labels as Facts } from 'onescreen';

const useStyles = makeStyles({
  group: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
});

/** Facts as small tags. */
export function Labels({ labels }: { readonly labels: Facts }) {
  const styles = useStyles();
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  return (
    <TagGroup className={styles.group} aria-label="Context">
      {entries.map(([key, value]) => (
        <Tag key={key} size="extra-small" appearance="brand">
          {key}: {String(value)}
        </Tag>
      ))}
    </TagGroup>
  );
}
