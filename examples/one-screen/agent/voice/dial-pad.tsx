import { Button, makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  pad: {
    display: 'grid',
    gridTemplateColumns: 'repeat(3, 64px)',
    gap: tokens.spacingHorizontalS,
    justifyContent: 'center',
  },
  key: { minWidth: 0, fontSize: tokens.fontSizeBase500 },
});

const names: Readonly<Record<string, string>> = { '*': 'Star', '#': 'Hash', '+': 'Plus' };

export const toneKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
export const numberKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '0'] as const;

/** The keys of a telephone. */
export function DialPad({ keys, press }: { readonly keys: readonly string[]; readonly press: (key: string) => void }) {
  const styles = useStyles();
  return (
    <div className={styles.pad} role="group" aria-label="Dial pad">
      {keys.map((key) => (
        <Button key={key} className={styles.key} aria-label={names[key] ?? key} onClick={() => press(key)}>
          {key}
        </Button>
      ))}
    </div>
  );
}
