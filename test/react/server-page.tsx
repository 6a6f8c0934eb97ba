import {
  ContactCenterProvider,
  useAgent,
  useCall,
  useCallbacks,
  useChannel,
  useConsults,
  useControls,
  useConversation,
  useDevices,
  useDirectory,
  useFocus,
  useInvitations,
  useMeeting,
  useOffers,
  useParked,
  useReadiness,
  useSession,
  useTabs,
  useTask,
  useTasks,
  useTimeline,
  useWrapUp,
} from 'onescreen/react';
import { StrictMode, version } from 'react';
import { renderToString } from 'react-dom/server';
import { busyDesk } from './busy-desk';

/** Every hook on one page. */
function Page() {
  const conversation = useConversation('c-0');
  const task = useTask('t-0');
  useCall('c-0');
  useCallbacks();
  useConsults('t-0');
  useDevices();
  useDirectory();
  useFocus();
  useInvitations('c-0');
  useMeeting('c-0');
  useParked();
  useReadiness();
  useTabs();
  return (
    <p>
      {useSession().status} {useAgent()?.agent.displayName ?? 'nobody'} {useOffers().length} {useTasks().length}{' '}
      {task?.status ?? 'no task'} {conversation?.state.customer?.displayName ?? 'no customer'}{' '}
      {useChannel('c-0', 'chat')?.state.status ?? 'no chat'} {useTimeline('c-0')?.length ?? 'no timeline'}{' '}
      {useWrapUp('t-0')?.state.status ?? 'no wrap-up'} {useControls('t-0').end.allowed ? 'may end' : 'may not end'}
    </p>
  );
}

const { client } = await busyDesk(1, 3);
const html = () =>
  renderToString(
    <StrictMode>
      <ContactCenterProvider client={client}>
        <Page />
      </ContactCenterProvider>
    </StrictMode>,
  ).replaceAll('<!-- -->', '');
const signedIn = html();
await client.close();
console.log(JSON.stringify({ version, signedIn, closed: html() }));
