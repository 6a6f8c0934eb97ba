import { expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';

it('whom a task names is among the participants that desks are told of, and no customer learns the id', async () => {
  const center = contactCenter({}, [agent('agent-4711', { displayName: 'Ann' })]);
  const desk = await center.desk('agent-4711');
  const { conversationId, page } = await inHand(center, desk);
  const entries = desk.entries(conversationId);
  const assigned = entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : [])).at(-1);
  expect(assigned).toMatchObject({ status: 'assigned', agentId: 'agent-4711' });
  const joined = entries.flatMap((entry) => (entry.type === 'participant-joined' ? [entry.participant] : []));
  expect(joined.find(({ agentId }) => agentId === assigned?.agentId)).toMatchObject({
    displayName: 'Ann',
    role: 'agent',
  });
  const told = JSON.stringify(page.received);
  expect(told).toContain('Ann');
  expect(told).not.toContain('agent-4711');
});
