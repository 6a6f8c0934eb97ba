import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { useTabs } from 'onescreen/react';
import { useRun } from '../reports';

/** The call can be steered from every tab, but is heard in one. */
export function MediaElsewhere() {
  const { tabs } = useTabs();
  const run = useRun();
  return (
    <MessageBar intent="info" role="status" aria-label="Sound of the call">
      <MessageBarBody>The sound of this call is in another tab. Its buttons work here, too.</MessageBarBody>
      <MessageBarActions>
        <Button onClick={() => run(() => tabs.takeOver())}>Take over here</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
