import type { Tab } from './tab';
import type { AgentHere, World } from './world';

/** Gives a command that the tab does not wait for already. */
export type Once = (what: string, run: () => Promise<unknown>) => void;

/**
 * What a conscientious agent does first at a glance at the screen: is there, signed in and available, and accepts.
 * Undefined while there is nothing to be done yet but that.
 */
export function atWork(world: World, agent: AgentHere): { readonly tab: Tab; readonly once: Once } | undefined {
  const tab = agent.tabs.find((one) => one.usable && one.signedIn) ?? agent.tabs.find((one) => one.usable);
  if (tab === undefined) {
    world.openTab(agent);
    return undefined;
  }
  if (!tab.signedIn) {
    tab.signIn();
    return undefined;
  }
  const busy = new Set([...world.given].filter((entry) => entry.tab === tab).map(({ what }) => what));
  const once: Once = (what, run) => {
    if (!busy.has(what)) tab.give(what, run);
  };
  const { client } = tab;
  if (!agent.anew) {
    // Whoever has turned a task down is asked again once available anew.
    agent.anew = true;
    once('available', async () => {
      await client.agent.setAvailability({ kind: 'unavailable' });
      await client.agent.setAvailability({ kind: 'available' });
    });
    return undefined;
  }
  if (client.agent$.value?.state$.value.availability.kind !== 'available')
    once('available', () => client.agent.setAvailability({ kind: 'available' }));
  for (const offer of client.offers$.value) once('accept', () => offer.accept());
  return { tab, once };
}
