import { Button, Spinner, Text, makeStyles, tokens } from '@fluentui/react-components';
import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle';
import { ErrorCircleRegular } from '@fluentui/react-icons/svg/error-circle';
import type { Preflight } from 'onescreen';
import { useDevices } from 'onescreen/react';
import { useState } from 'react';
import { useRun } from '../reports';
import { sentence } from './call-words';

const useStyles = makeStyles({
  results: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalXS,
  },
  result: { display: 'flex', columnGap: tokens.spacingHorizontalS, alignItems: 'flex-start' },
  good: { color: tokens.colorStatusSuccessForeground1, flexShrink: 0 },
  bad: { color: tokens.colorStatusDangerForeground1, flexShrink: 0 },
});

const parts = [
  ['browser', 'Browser'],
  ['microphone', 'Microphone'],
  ['speaker', 'Speaker'],
  ['network', 'Network'],
] as const;

/** Tries out, before a call, all that a call needs. */
export function PreflightTest() {
  const styles = useStyles();
  const run = useRun();
  const { devices } = useDevices();
  const [testing, setTesting] = useState(false);
  const [found, setFound] = useState<Preflight>();
  const test = () =>
    run(async () => {
      setTesting(true);
      setFound(undefined);
      try {
        setFound(await devices.preflight());
      } finally {
        setTesting(false);
      }
    });
  return (
    <>
      <Button
        disabledFocusable={testing}
        {...(testing && { icon: <Spinner size="tiny" aria-hidden /> })}
        onClick={test}
      >
        {testing ? 'Testing…' : 'Test'}
      </Button>
      <div role="status" aria-label="Test results">
        {found !== undefined && (
          <ul className={styles.results}>
            {parts.map(([part, name]) => {
              const { ok, detail } = found[part];
              return (
                <li key={part} className={styles.result}>
                  {ok ? (
                    <CheckmarkCircleRegular className={styles.good} fontSize={20} />
                  ) : (
                    <ErrorCircleRegular className={styles.bad} fontSize={20} />
                  )}
                  <Text>
                    {name}: {ok ? 'works' : sentence(detail ?? 'does not work')}
                  </Text>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </>
  );
}
