import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { startEmulator, type Emulator, type StartEmulatorOptions } from 'onescreen/emulator';
import { attachSockets, createServer, requestListener, type ServerOptions } from 'onescreen/server';
import { automatedCalls, inProcessCalls } from './calls';
import type { support } from './contact-center';
import { listen } from './listen';
import type { DemoMeetings } from './meetings';
import { createPages, type Pages } from './pages';
import { demoServer, demoSettings } from './server-options';
import { withWaiting } from './waiting';
import { teamsSideOf, withTeamsSide } from './teams-side';
import { simulatedCarrier, type SimulatedCarrier } from '../sms/sms-carrier';
import { startSmsGateway } from '../sms/sms-gateway';

export interface DemoOptions extends Pick<ServerOptions, 'grace' | 'allowedOrigins' | 'logger'> {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Takes the next free port when `port` is taken. */
  readonly otherPorts?: boolean;
  /** Who hosts a chat that does not say. Default `acs`. */
  readonly chat?: 'acs' | 'server';
  /** A real ACS resource. Default: a local emulator. */
  readonly acsConnectionString?: string;
  /** Who carries the calls. Default `call-automation`, over HTTP; `in-process` without. */
  readonly callsOver?: 'call-automation' | 'in-process';
  /** Only with the local emulator. */
  readonly meetings?: DemoMeetings;
  /** Options of the local emulator. */
  readonly emulation?: StartEmulatorOptions;
  /** Changes to the demo's queue. */
  readonly queue?: Partial<typeof support>;
  /** Notices changed sources. Default true. */
  readonly watch?: boolean;
  /** Pages that were made before. Default: from their sources, as they are asked for. */
  readonly pages?: Pages;
}

export interface Demo {
  readonly url: string;
  /** Undefined with a real ACS resource. */
  readonly emulator: Emulator | undefined;
  /** Simulated phones that write text messages. */
  readonly sms: SimulatedCarrier;
  close(): Promise<void>;
}

/** The emulator, the control plane and the pages, in this process; the last two on one port of loopback. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const {
    acsConnectionString,
    emulation,
    chat = 'acs',
    callsOver = 'call-automation',
    meetings,
    port = 0,
    otherPorts = false,
    queue,
    watch = true,
    pages: made,
    ...rest
  } = options;
  const http = createHttpServer();
  const pages = made ?? (await createPages({ http, watch }));
  // What posts to the server has to know its address first.
  const url = await listen(http, port, otherPorts).catch(async (error: unknown) => {
    await pages.close();
    throw error;
  });
  const emulator = acsConnectionString === undefined ? await startEmulator(emulation) : undefined;
  // Calls of a real resource need an address that it reaches: see docs/go-live.md.
  const callsOf = callsOver === 'in-process' ? inProcessCalls : automatedCalls;
  const calls = emulator && callsOf(emulator, url, rest.logger);
  const serverOptions = demoServer({
    chat,
    ...(acsConnectionString !== undefined && { acsConnectionString }),
    ...(emulator !== undefined && { emulator }),
    ...(calls !== undefined && { calls: calls.host }),
    ...(meetings !== undefined && { meetings }),
    ...(queue !== undefined && { queue }),
  });
  const server = createServer({ ...rest, ...serverOptions });
  const settings = demoSettings(emulator?.endpoint);
  const page = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/demo.json') return pages.middlewares(request, response);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(settings));
  };
  const answer = requestListener(server, withWaiting(server, serverOptions.queues, page));
  http.on('request', emulator === undefined ? answer : withTeamsSide(teamsSideOf(emulator), answer));
  const sockets = attachSockets(http, server);
  const sms = simulatedCarrier();
  const gateway = startSmsGateway({ server: url, carrier: sms });
  const close = async () => {
    await gateway.close();
    await sockets.close();
    await pages.close();
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
    await server.close();
    await emulator?.close();
  };
  try {
    await calls?.open();
    return { url, emulator, sms, close };
  } catch (error) {
    await close();
    throw error;
  }
}
