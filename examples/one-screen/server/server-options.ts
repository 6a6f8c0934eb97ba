import type { Emulator } from 'onescreen/emulator';
import { acsChatHost, hostedChat, type CallHost, type ServerOptions } from 'onescreen/server';
import type { DemoSettings } from '../demo-settings';
import { smsHost } from '../sms/sms-gateway';
import { allowCallback, authenticate, directory, reasons, route, specialists, support } from './contact-center';
import { demoMeetings, type DemoMeetings } from './meetings';

interface DemoServer {
  /** Who hosts a chat that does not say. */
  readonly chat: 'acs' | 'server';
  /** A real ACS resource. Left out: the emulator. */
  readonly acsConnectionString?: string;
  readonly emulator?: Pick<Emulator, 'endpoint' | 'connectionString'>;
  readonly calls?: CallHost;
  readonly meetings?: DemoMeetings;
  /** Changes to the demo's queues. */
  readonly queue?: Partial<typeof support>;
}

/** What the demo's server is made of, on one node or several. */
export function demoServer({ chat, acsConnectionString, emulator, calls, meetings, queue }: DemoServer): ServerOptions {
  const acs = acsChatHost({ connectionString: acsConnectionString ?? emulator?.connectionString ?? '' });
  return {
    authenticate,
    route,
    reasons,
    directory,
    waitEstimates: true,
    ...(emulator !== undefined && { allowCallback }),
    queues: [
      { ...support, ...queue },
      { ...specialists, ...queue },
    ],
    chats: chat === 'acs' ? [acs, hostedChat(), smsHost] : [hostedChat(), acs, smsHost],
    calls: calls === undefined ? [] : [calls],
    meetings: emulator === undefined ? [] : [demoMeetings(emulator, meetings)],
  };
}

/** What the pages have to know. */
export function demoSettings(emulator: string | undefined): DemoSettings {
  return { emulator: emulator ?? null, queues: [{ id: support.id, name: 'Support' }] };
}
