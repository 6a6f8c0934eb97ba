import {
  ContactCenterProvider,
  useChannel,
  useControls,
  useConversation,
  useOffers,
  useSession,
  useTask,
  useTimeline,
  useWrapUp,
} from 'onescreen/react';
import { StrictMode, useEffect } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offer, task } from '../client/scripted-control-plane';
import { busyDesk, message } from './busy-desk';

/** Hooks by name, for the row of the conversation with this index. */
const hooks = {
  timeline: (index: number) => useTimeline(`c-${index}`),
  conversation: (index: number) => useConversation(`c-${index}`),
  channel: (index: number) => useChannel(`c-${index}`, 'chat'),
  task: (index: number) => useTask(`t-${index}`),
  controls: (index: number) => useControls(`t-${index}`),
  wrapUp: (index: number) => useWrapUp(`t-${index}`),
  offers: () => useOffers(),
  session: () => useSession(),
};

type Hook = keyof typeof hooks;
type Desk = Awaited<ReturnType<typeof busyDesk>>;

const names = ['timeline', 'conversation', 'channel', 'task', 'controls', 'wrapUp', 'offers', 'session'] as const;

/** Every set of hooks that a component can have, that of none left out. */
const combinations = names
  .reduce<readonly (readonly Hook[])[]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]])
  .filter((set) => set.length > 0);

interface Happening {
  readonly what: string;
  readonly happen: (desk: Desk) => void;
  /** Whose slice it changes: in the row of the first conversation, or in both. */
  readonly touches: readonly Hook[];
  readonly everywhere?: true;
}

const own: readonly Hook[] = ['timeline', 'conversation', 'channel', 'task', 'controls', 'wrapUp'];

const happenings: readonly Happening[] = [
  { what: 'a message', happen: ({ arrive }) => arrive(0, message(0)), touches: ['timeline', 'conversation'] },
  {
    what: 'three messages at once',
    happen: ({ arrive }) => arrive(0, message(1), message(2), message(3)),
    touches: ['timeline', 'conversation'],
  },
  { what: 'an edit', happen: ({ arrive }) => arrive(0, message(0, 1, 'other words')), touches: ['timeline'] },
  { what: 'the same edit again', happen: ({ arrive }) => arrive(0, message(0, 1, 'other words')), touches: [] },
  { what: 'typing', happen: ({ typing }) => typing(0), touches: ['channel'] },
  {
    what: 'context',
    happen: ({ say }) => say(0, { type: 'context-changed', patch: { order: 17 } }),
    touches: ['conversation'],
  },
  {
    what: 'somebody who joins',
    happen: ({ say }) =>
      say(0, {
        type: 'participant-joined',
        participant: { id: 'p-bea', role: 'agent', displayName: 'Bea', providerRefs: {} },
      }),
    touches: ['timeline', 'conversation'],
  },
  {
    what: 'wrap-up',
    happen: ({ say }) =>
      say(0, { type: 'task', task: { ...task, id: 't-0', conversationId: 'c-0', status: 'wrapping' } }),
    touches: ['timeline', 'task', 'controls', 'wrapUp'],
  },
  {
    what: 'an offer',
    happen: ({ plane }) => plane.push({ type: 'offer', offer: offer('o-1', { expiresAt: Date.now() + 600_000 }) }),
    touches: ['offers'],
    everywhere: true,
  },
  {
    what: 'a lost link',
    happen: ({ plane }) => plane.link({ status: 'offline' }),
    touches: ['controls', 'session'],
    everywhere: true,
  },
  {
    what: 'a conversation that leaves',
    happen: ({ plane }) => plane.push({ type: 'conversation-left', conversationId: 'c-0', reason: 'closed' }),
    touches: own,
  },
];

describe('components', () => {
  // As in production: React decides when it renders, no `act` that collects what happens.
  beforeEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = false));
  afterEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = true));

  it.each([false, true])(
    'render once for what they show, whichever hooks they use (StrictMode: %s)',
    async (strict) => {
      const desk = await busyDesk(2);
      /** By hooks and row. StrictMode runs a component twice each time it renders, but no effect. */
      const commits = new Map<string, number>();
      const calls = new Map<string, number>();
      const components = combinations.map(
        (set) =>
          function Row({ index }: { readonly index: number }) {
            for (const name of set) hooks[name](index);
            const key = `${set.join(' ')} ${index}`;
            calls.set(key, (calls.get(key) ?? 0) + 1);
            useEffect(() => void commits.set(key, (commits.get(key) ?? 0) + 1));
            return null;
          },
      );
      const rows = [0, 1].flatMap((index) =>
        components.map((Row, combination) => <Row key={`${combination} ${index}`} index={index} />),
      );
      const page = <ContactCenterProvider client={desk.client}>{rows}</ContactCenterProvider>;
      const root = createRoot(document.createElement('div'));
      flushSync(() => root.render(strict ? <StrictMode>{page}</StrictMode> : page));
      await settled();
      for (const { what, happen, touches, everywhere } of happenings) {
        commits.clear();
        calls.clear();
        happen(desk);
        await settled();
        const touched = [0, 1].flatMap((index) =>
          combinations
            .filter((set) => (everywhere || index === 0) && set.some((name) => touches.includes(name)))
            .map((set) => `${set.join(' ')} ${index}`),
        );
        const once = (times: number) => Object.fromEntries(touched.sort().map((key) => [key, times]));
        expect(Object.fromEntries([...commits].sort()), what).toEqual(once(1));
        expect(Object.fromEntries([...calls].sort()), what).toEqual(once(strict ? 2 : 1));
      }
      root.unmount();
      await desk.client.close();
    },
  );
});

/** After everything that React does of its own accord because of what has just happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
