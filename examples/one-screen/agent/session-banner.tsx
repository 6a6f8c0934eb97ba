import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import type { SessionState } from 'onescreen';
import { useContactCenter, useSession } from 'onescreen/react';
import { startWork } from './create-client';
import { useRun } from './reports';

/** Says what does not work now, and nothing when all does. */
export function SessionBanner() {
  const client = useContactCenter();
  const run = useRun();
  const session = useSession();
  const said = words(session);
  if (said === undefined) return null;
  return (
    <MessageBar intent={session.status === 'signed-out' ? 'error' : 'warning'} role="status" shape="square">
      <MessageBarBody>{said}</MessageBarBody>
      {session.status === 'signed-out' && (
        <MessageBarActions>
          <Button onClick={() => run(() => startWork(client))}>Sign in again</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

function words({ status, lost, error }: SessionState): string | undefined {
  switch (status) {
    case 'online':
      return undefined;
    case 'connecting':
      return error === undefined ? undefined : `Connecting: ${error.message}`;
    case 'degraded':
      return `Reconnecting: ${lost.join(', ')}. What was missed will be read; you can go on writing.`;
    case 'offline':
      return 'Offline. No new offers come until the link is back; it is tried again by itself.';
    case 'signed-out':
      return error === undefined ? 'Signed out.' : `Signed out: ${error.message}`;
  }
}
