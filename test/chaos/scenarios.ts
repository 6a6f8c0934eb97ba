import type { AcsChatModule } from 'onescreen/acs/chat';
import { openBareClient, type OfficialModule } from './bare-client';
import { openDesk } from './desk';
import type { Fault } from './fault';
import { play, type Outcome } from './play';
import type { Action, Schedule } from './schedule';
import { tokenSource } from './token-source';
import { openWorld } from './world';

/** What the agent was told meanwhile, beside what came of it. */
export interface ScenarioResult extends Outcome {
  /** How the channel stood, each change from the first connection on. */
  readonly statuses: readonly string[];
  readonly tokenStatuses: readonly string[];
  /** How the agent's messages stood, each change. */
  readonly sendStates: readonly string[];
  /** The agent's texts as the service has stored them, what was deleted again included. */
  readonly stored: readonly string[];
  /** The official client by itself, in the same case. */
  readonly bare: Outcome;
}

const faultAt = 30_000;
const minute = 60_000;

/** From the fault on both talk twelve times in `forMs` milliseconds. */
function schedule(faults: readonly Fault[], forMs: number, tokenLifeMs = 60 * minute): Schedule {
  const pauseMs = forMs / 12;
  const talk = Array.from({ length: 12 }, (_, index): readonly Action[] => {
    const at = faultAt + 10 + index * pauseMs;
    return [
      { at, type: 'send', by: 'agent', text: `a${index + 1}` },
      { at: at + pauseMs / 2, type: 'send', by: 'customer', text: `c${index + 1}` },
    ];
  });
  return {
    actions: [...faults.map((fault) => ({ at: faultAt, type: 'fault', fault }) as const), ...talk.flat()],
    endsAt: faultAt + forMs,
    tokenLifeMs,
  };
}

const afterSend = { kind: 'requests', operation: 'ChatThread_SendChatMessage', when: 'after' } as const;
/** The sender must not learn from the stream that it was stored. */
const deaf = { kind: 'pushes', fault: 'lose', times: 1 } as const;
const drop = { kind: 'drop', how: 'terminate' } as const;
const refuse = { kind: 'requests', when: 'before' } as const;

const schedules: Readonly<Record<string, Schedule>> = {
  'send stored but answered 503': schedule([{ ...afterSend, answer: { status: 503 } }, deaf], minute),
  'send stored but dropped': schedule([{ ...afterSend, answer: 'drop' }, deaf], minute),
  'send stored but timed out': schedule([{ ...afterSend, delayMs: 45_000 }, deaf], 2 * minute),
  'send stored after its sender gave up on it': schedule(
    [{ ...afterSend, when: 'before', delayMs: 45_000 }],
    2 * minute,
  ),
  'four 401s at the allocation': schedule(
    [{ ...refuse, operation: 'Realtime_Allocate', answer: { status: 401 }, times: 4 }, drop],
    2 * minute,
  ),
  'four 401s wherever': schedule([{ ...refuse, answer: { status: 401 }, times: 4 }, drop], 2 * minute),
  'no token for ten minutes': schedule(
    [{ kind: 'no-tokens', how: 'rejects', forMs: 10 * minute }, { kind: 'expire-tokens' }, drop],
    10 * minute,
  ),
  'registrar down for two minutes': schedule(
    [{ ...refuse, operation: 'Realtime_Register', answer: { status: 503 }, forMs: 2 * minute }, drop],
    2 * minute,
  ),
};

export const scenarioNames = Object.keys(schedules);

/** Plays one over acsChat(), and again over the bare client. */
export async function playScenario(name: string, official: OfficialModule & AcsChatModule): Promise<ScenarioResult> {
  const scenario = schedules[name];
  if (scenario === undefined) throw new Error(`unable to play ${name}; there is no such scenario`);
  const world = await openWorld(name);
  const tokens = tokenSource(world, scenario.tokenLifeMs);
  const desk = openDesk(world, { loadChat: async () => official, tokens });
  const outcome = await play(scenario, world, desk, tokens);
  const told = {
    statuses: desk.statuses.slice(desk.statuses.indexOf('connected')).filter((status) => status !== 'closed'),
    tokenStatuses: desk.tokenStatuses,
    sendStates: desk.sendStates,
    stored: world.truth().flatMap(({ sender, meant }) => (sender === world.agent ? [meant] : [])),
  };
  const bareWorld = await openWorld(name);
  const bareTokens = tokenSource(bareWorld, scenario.tokenLifeMs);
  const bare = await play(scenario, bareWorld, openBareClient(bareWorld, official, bareTokens), bareTokens);
  return { ...outcome, ...told, bare };
}
