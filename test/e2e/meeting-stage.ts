import type { EmulatorCore } from 'onescreen/emulator';
import { expect } from 'vitest';
import type { AgentScreen } from './agent-screen';
import { setCallStage, type CallStage } from './call-stage';
import { MeetingCustomer } from './meeting-customer';
import { TeamsScreen } from './teams-screen';

/** The example with calls and meetings whose guests wait in the lobby. */
export interface MeetingStage {
  readonly ada: AgentScreen;
  readonly grace: AgentScreen;
  readonly emulator: EmulatorCore;
  openCustomer(): Promise<MeetingCustomer>;
  /** Opens the Teams side as somebody of the house. */
  openTeams(name: string): Promise<TeamsScreen>;
  /** Ids of the conversations that the agents' pages have been told of since the last `settle`. */
  conversations(): readonly string[];
  /** Waits until no call or meeting is left and nobody has anything in hand. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Ada is asked first. */
const strategy = { name: 'by name', compare: byId };

export async function setMeetingStage(): Promise<MeetingStage> {
  const stage: CallStage = await setCallStage({ queue: { strategy }, meetings: { lobby: 'organization' } });
  const conversations = new Set<string>();
  const note = ({ payload }: { readonly payload: string | Buffer }) => {
    for (const [, id = ''] of payload.toString().matchAll(/"conversationId":"([^"]+)"/g)) conversations.add(id);
  };
  const agent = (name: 'ada' | 'grace') =>
    stage.readyAgent(name, { before: async (page) => page.on('websocket', (it) => it.on('framereceived', note)) });
  const ada = await agent('ada');
  const grace = await agent('grace');
  return {
    ada,
    grace,
    emulator: stage.emulator,
    openCustomer: async () => new MeetingCustomer(await stage.open('/customer.html')),
    openTeams: async (name) => TeamsScreen.as(await stage.open('/teams.html'), name),
    conversations: () => [...conversations],
    async settle() {
      for (const screen of [ada, grace]) {
        await screen.idle();
        await screen.reachable();
      }
      await expect.poll(() => stage.emulator.calls.list()).toEqual([]);
      conversations.clear();
    },
    close: () => stage.close(),
  };
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
