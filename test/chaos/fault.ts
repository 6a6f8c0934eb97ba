import type { FaultAnswer } from 'onescreen/emulator';
import type { SeededRandom } from 'onescreen/testing';
import type { TokenSource } from './token-source';
import type { World } from './world';

/** One thing that goes wrong, as data: a schedule can be printed and read. Times are milliseconds. */
export type Fault =
  | { readonly kind: 'drop'; readonly how: 'terminate' | 'close' | 'disconnect' }
  | { readonly kind: 'freeze'; readonly thawAfterMs?: number }
  | {
      readonly kind: 'requests';
      readonly operation?: string;
      readonly when: 'before' | 'after';
      readonly answer?: FaultAnswer;
      readonly delayMs?: number;
      readonly times?: number;
      readonly forMs?: number;
    }
  | { readonly kind: 'pushes'; readonly fault: 'lose' | 'duplicate' | 'swap' | 'delay'; readonly times: number }
  | { readonly kind: 'expire-tokens' }
  | { readonly kind: 'no-tokens'; readonly forMs: number; readonly how: 'rejects' | 'hangs' }
  | { readonly kind: 'clock'; readonly ms: number }
  | { readonly kind: 'frame'; readonly frame: string };

/** Brings it about for the agent. */
export function inflict(fault: Fault, { core, clock, agent }: World, tokens: TokenSource): void {
  const { faults } = core;
  switch (fault.kind) {
    case 'drop':
      return void faults.dropSockets({ user: agent }, fault.how);
    case 'freeze':
      faults.freezeSockets({ user: agent });
      if (fault.thawAfterMs !== undefined)
        clock.schedule(fault.thawAfterMs, () => void faults.thawSockets({ user: agent }));
      return;
    case 'requests':
      return void faults.requests.add({ ...fault, user: agent });
    case 'pushes':
      return faults.pushes.add({
        fault: fault.fault === 'delay' ? { delayMs: 3_000 } : fault.fault,
        user: agent,
        times: fault.times,
      });
    case 'expire-tokens':
      return faults.expireTokens(agent);
    case 'no-tokens':
      return tokens.fail(fault.how, fault.forMs);
    case 'clock':
      return faults.moveClock(fault.ms);
    case 'frame':
      return void faults.sendFrame(fault.frame, { user: agent });
  }
}

/** A bad patch: one or several faults that belong together. */
export function drawFaults(random: SeededRandom): readonly Fault[] {
  const forMs = random.integer(1_000, 60_000);
  const times = random.integer(1, 6);
  const drop: Fault = { kind: 'drop', how: random.pick(['terminate', 'close', 'disconnect']) };
  const refuse = (operation: string, status: number): Fault => ({
    ...{ kind: 'requests', operation, when: 'before', answer: { status } },
    ...(random.next() < 0.5 ? { times } : { forMs }),
  });
  const draws: readonly (() => readonly Fault[])[] = [
    () => [drop],
    () => [refuse('Realtime_Allocate', random.pick([503, 500, 401, 401, 429])), drop],
    () => [{ ...refuse('Realtime_Allocate', 401), times: random.integer(1, 6) }, drop],
    () => [refuse('Realtime_Register', random.pick([503, 500, 403, 401])), drop],
    () => [refuse('Realtime_Handshake', random.pick([503, 401])), drop],
    () => [refuse('Realtime_GetConfiguration', random.pick([503, 401, 429])), drop],
    () => [{ kind: 'freeze', ...(random.next() < 0.6 && { thawAfterMs: forMs }) }],
    () => [drawRequestFault(random)],
    () => [drawRequestFault(random)],
    () => [drawRequestFault(random), drop],
    () => [drawDelay(random)],
    () => [{ kind: 'pushes', fault: random.pick(['lose', 'duplicate', 'swap', 'delay']), times }],
    () => [{ kind: 'pushes', fault: random.pick(['lose', 'duplicate', 'swap', 'delay']), times }],
    () => [{ kind: 'expire-tokens' }, ...(random.next() < 0.5 ? [drop] : [])],
    () => [{ kind: 'no-tokens', forMs, how: random.pick(['rejects', 'hangs']) }, { kind: 'expire-tokens' }, drop],
    () => [{ kind: 'clock', ms: random.pick([1_000, 90_000, 600_000, 3 * 3_600_000, 25 * 3_600_000]) }],
    () => [{ kind: 'requests', when: 'before', answer: 'drop', forMs }, drop],
    () => [{ kind: 'requests', when: 'before', answer: { status: 401 }, times: random.integer(2, 8) }, drop],
    () => [
      { kind: 'pushes', fault: 'lose', times },
      { kind: 'frame', frame: '5:::{"name":"trouter.message_loss","args":[{"droppedIndicators":[{"tag":"a"}]}]}' },
    ],
    () => [
      {
        kind: 'frame',
        frame: `5:::{"name":"trouter.reconnect","args":[{"target":"${random.pick(['self', 'global'])}"}]}`,
      },
    ],
  ];
  return random.pick(draws)();
}

const chatOperations = [
  'ChatThread_SendChatMessage',
  'ChatThread_SendChatMessage',
  'ChatThread_ListChatMessages',
  'ChatThread_UpdateChatMessage',
  'ChatThread_DeleteChatMessage',
  'ChatThread_ListChatParticipants',
  'ChatThread_ListChatReadReceipts',
];

function drawRequestFault(random: SeededRandom): Fault {
  const answer = random.pick<FaultAnswer>([
    'drop',
    { status: 503 },
    { status: 500 },
    { status: 504 },
    { status: 408 },
    { status: 401 },
    { status: 429, headers: { 'retry-after': '3' } },
    { status: 429 },
  ]);
  return {
    kind: 'requests',
    operation: random.pick(chatOperations),
    when: random.pick(['before', 'after']),
    answer,
    times: random.integer(1, 4),
  };
}

/** Some longer than anybody waits. */
function drawDelay(random: SeededRandom): Fault {
  return {
    kind: 'requests',
    operation: random.pick(chatOperations),
    when: random.pick(['before', 'after']),
    delayMs: random.pick([500, 5_000, 25_000, 45_000]),
    times: random.integer(1, 3),
    ...(random.next() < 0.3 && { answer: random.pick<FaultAnswer>(['drop', { status: 503 }]) }),
  };
}
