import {
  ContactCenterProvider,
  useAgent,
  useCallbacks,
  useControls,
  useConversation,
  useDevices,
  useFocus,
  useOffers,
  useParked,
  useReadiness,
  useSession,
  useTabs,
  useTask,
  useTasks,
  useTimeline,
} from 'onescreen/react';
import { act, Suspense } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { expect, it } from 'vitest';
import { busyDesk } from './busy-desk';
import './mount';

function Row() {
  const shown = [
    useSession().status,
    useAgent()?.agent.id,
    useOffers().length,
    useTasks().length,
    useTask('t-0')?.status,
    useConversation('c-0')?.participants.length,
    useTimeline('c-0')?.length,
    useControls('t-0').end.allowed,
    useReadiness().ready,
    useDevices().state.permission,
    useTabs().state.leading,
    useFocus().conversation?.id,
    useParked().parked.length + useCallbacks().callbacks.length,
  ];
  return <p>{shown.map((each) => each ?? 'none').join(' ')}</p>;
}

it('takes over what a server has rendered, also when the client has signed in already', async () => {
  const { client } = await busyDesk(1);
  client.setFocus('c-0');
  const page = (
    <ContactCenterProvider client={client}>
      <Row />
      <Suspense>
        <Row />
      </Suspense>
    </ContactCenterProvider>
  );
  const row = '<p>signed-out none 0 0 none none none false false unavailable false none 0</p>';
  const container = document.createElement('div');
  document.body.append(container);
  container.innerHTML = `${row}<!--$-->${row}<!--/$-->`;
  const rows = [...container.querySelectorAll('p')];
  const errors: unknown[] = [];
  const root = await act(async () =>
    hydrateRoot(container, page, { onRecoverableError: (error) => errors.push(error) }),
  );
  expect(errors).toEqual([]);
  expect([...container.querySelectorAll('p')]).toEqual(rows);
  const now = 'online ada 0 1 assigned 2 4 true false unavailable true c-0 0';
  expect(rows.map(({ textContent }) => textContent)).toEqual([now, now]);
  act(() => root.unmount());
  container.remove();
  await client.close();
});
