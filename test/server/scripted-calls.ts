import { ContactCenterError, type CallAction, type CallTarget } from 'onescreen';
import type { ArrivedCall, CallEvents, CallHost, Ring } from 'onescreen/server';
import { agent, contactCenter, type ContactCenter, type Desk } from './contact-center';

/** A ring that waits for the script to say what becomes of it. */
export interface OpenRing extends Ring {
  readonly agentName: string;
  /** By which names the agent is rung. */
  readonly names: Readonly<Record<string, string>>;
  answer(refs?: Record<string, string>): void;
  fail(code: string): void;
}

interface OpenTransfer {
  readonly to: unknown;
  accept(): void;
  fail(code: string): void;
}

interface OpenDial {
  readonly to: unknown;
  setUp(refs?: Record<string, string>): void;
  fail(code: string): void;
}

const everything: readonly CallAction[] = [
  'hold',
  'resume',
  'dtmf',
  'addParticipant',
  'removeParticipant',
  'transferToPhone',
  'transferToTeamsUser',
  'transferToVoicemail',
  'addTeamsUser',
  'record',
  'muteParticipant',
];

/** The names that somebody who was added goes by. */
export function namesOf(to: CallTarget): Record<string, string> {
  return { ...to };
}

/** A call host that does as it is told, and remembers what was asked of it. */
export function scriptedCalls(more: Partial<CallHost> = {}) {
  const rings: OpenRing[] = [];
  const dials: OpenDial[] = [];
  const transfers: OpenTransfer[] = [];
  const asked: string[] = [];
  const added: CallTarget[] = [];
  let events: CallEvents | undefined;
  let stopped = 0;
  const failing = new Map<string, string>();
  const step = (what: string, who?: Readonly<Record<string, string>>) => {
    asked.push(who === undefined ? what : `${what} ${Object.values(who).join()}`);
    const code = failing.get(what);
    if (code !== undefined) throw new ContactCenterError(code, `unable to ${what}; it is scripted`);
  };
  const note = (what: string) => async () => step(what);
  const host: CallHost = {
    name: 'scripted',
    channel: 'voice',
    inLog: false,
    actions: everything,
    desksDial: { onBehalfOf: 'ra-host' },
    start(given) {
      events = given;
      return () => {
        stopped += 1;
      };
    },
    open: async () => ({ providerRefs: { dial: 'here' }, customerRefs: { acs: '8:acs:customer' } }),
    join: (_, participant, ring) =>
      new Promise((resolve, reject) => {
        asked.push('join');
        rings.push({
          ...ring,
          agentName: participant.displayName,
          names: participant.providerRefs,
          answer: (refs = { acs: `8:acs:${participant.displayName}` }) => resolve(refs),
          fail: (code) => reject(new ContactCenterError(code, 'unable to join; it is scripted')),
        });
      }),
    leave: note('leave'),
    close: note('close'),
    dial: (_, to) =>
      new Promise((resolve, reject) => {
        asked.push('dial');
        dials.push({
          to,
          setUp: (refs = {}) => resolve(refs),
          fail: (code) => reject(new ContactCenterError(code, 'unable to dial; it is scripted')),
        });
      }),
    hold: async (_, who) => step('hold', who),
    resume: async (_, who) => step('resume', who),
    sendTones: note('tones'),
    add: async (_, to) => {
      step('add');
      added.push(to);
      return namesOf(to);
    },
    remove: async (_, refs) => void asked.push(`remove ${JSON.stringify(refs)}`),
    transfer: (_, to) =>
      new Promise((resolve, reject) => {
        asked.push('transfer');
        transfers.push({
          to,
          accept: () => resolve(),
          fail: (code) => reject(new ContactCenterError(code, 'unable to transfer; it is scripted')),
        });
      }),
    release: note('release'),
    mute: async (_, who) => step('mute', who),
    record: async (_, what) => step(`record ${what}`),
    announce: async (_, { position }) => step(`announce ${position}`),
    token: async (refs) => ({ token: `calling-${refs['acs']}`, expiresOn: 1, kind: 'acsUser' }),
    identify: async ({ id }) => ({ acs: `8:acs:${id}` }),
    ...more,
  };
  return {
    host,
    rings,
    dials,
    transfers,
    /** Whom the host was told to add. */
    added,
    asked,
    /** From now on this step, such as `hold`, fails with this code; `undefined`: not any more. */
    fails(what: string, code: string | undefined) {
      if (code === undefined) failing.delete(what);
      else failing.set(what, code);
    },
    get stopped() {
      return stopped;
    },
    get events(): CallEvents {
      if (events === undefined) throw new Error('the host was not started');
      return events;
    },
    /** The newest ring. */
    get ring(): OpenRing {
      const ring = rings.at(-1);
      if (ring === undefined) throw new Error('nothing has rung');
      return ring;
    },
    /** Somebody rings from a phone. */
    phone: (call: Partial<ArrivedCall> = {}) =>
      (events as CallEvents).arrived({
        providerRefs: { call: `call-${rings.length}` },
        customerRefs: { caller: '4:caller' },
        context: {},
        ...call,
      }),
  };
}

export type ScriptedCalls = ReturnType<typeof scriptedCalls>;

export function callCenter(
  more: Partial<CallHost> = {},
  options: Parameters<typeof contactCenter>[0] = {},
  agents = [agent('ann'), agent('ben')],
) {
  const calls = scriptedCalls(more);
  const center = contactCenter({ calls: [calls.host], ...options }, agents);
  return { calls, center };
}

/** An available agent whose phone is ready. */
export async function deskWithPhone(center: ContactCenter, id: string): Promise<Desk> {
  const desk = await center.desk(id);
  await desk.do('phone/report', { ready: true, reasons: [] });
  return desk;
}

/** Lets the agent's desk send a command whose answer comes later. */
export function begin(desk: Desk, name: string, args: unknown, id = `later-${desk.received.length}`) {
  desk.frame({ type: 'command', id, name, args });
  return {
    get answer() {
      return desk.received.find((one) => one.type === 'answer' && 'id' in one && one.id === id);
    },
  };
}

/** A phone caller whom `desk` talks to. */
export async function inCall(center: ContactCenter, calls: ScriptedCalls, desk: Desk, call: Partial<ArrivedCall> = {}) {
  const channelId = (await calls.phone(call)) ?? '';
  await center.settle();
  const { offer } = desk;
  const accept = begin(desk, 'offer/accept', { offerId: offer.id });
  await center.settle();
  calls.ring.answer();
  await center.settle();
  const conversationId = offer.task.conversationId;
  return { channelId, conversationId, taskId: offer.task.id, offer, accept, call: { conversationId, channelId } };
}
