import { Badge, Text, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowSwapRegular } from '@fluentui/react-icons/svg/arrow-swap';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { MergeRegular } from '@fluentui/react-icons/svg/merge';
import type { Consult, ConsultState } from 'onescreen';
import { useControls } from 'onescreen/react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';
import { useConsult } from './use-consult';

const useStyles = makeStyles({
  panel: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorBrandStroke2}`,
    backgroundColor: tokens.colorBrandBackground2,
  },
  who: { flexGrow: 1, minWidth: '140px' },
});

/** The consult, transfer or conference under way: how far it is, and what can be done with it. */
export function ConsultPanel({ taskId }: { readonly taskId: string }) {
  const styles = useStyles();
  const run = useRun();
  const { swap, merge, complete, cancelConsult } = useControls(taskId);
  const current = useConsult(taskId);
  if (current === undefined) return null;
  const { consult, state } = current;
  return (
    <div className={styles.panel} role="group" aria-label="Consult">
      <Badge appearance="tint" role="status" aria-label="Consult status">
        {statusWords(consult, state)}
      </Badge>
      <Text className={styles.who} truncate wrap={false}>
        {state.displayName}
      </Text>
      <ControlButton can={swap} icon={<ArrowSwapRegular />} onClick={() => run(() => swap.run())}>
        Swap
      </ControlButton>
      <ControlButton can={merge} icon={<MergeRegular />} onClick={() => run(() => merge.run())}>
        Merge
      </ControlButton>
      <ControlButton
        can={complete}
        appearance="primary"
        icon={<CheckmarkRegular />}
        onClick={() => run(() => complete.run())}
      >
        Complete transfer
      </ControlButton>
      <ControlButton can={cancelConsult} icon={<DismissRegular />} onClick={() => run(() => cancelConsult.run())}>
        Cancel consult
      </ControlButton>
    </div>
  );
}

function statusWords({ purpose }: Consult, { status }: ConsultState): string {
  switch (status) {
    case 'ringing':
      return purpose === 'transfer' ? 'Transferring…' : 'Ringing…';
    case 'consulting':
      return 'Consulting';
    case 'swapped':
      return 'Waiting with music';
    case 'merged':
      return 'In the call';
    default:
      return 'Over';
  }
}
