import { CallAutomationClient, type CallConnection, type CallMedia } from '@azure/communication-call-automation';
import type { Emulator, StartEmulatorOptions } from 'onescreen/emulator';
import { startEmulator } from '../checked-emulator';
import { CallbackServer, type Received } from './callback-server';

export const ra = '0e1f2a3b-0000-4000-8000-00000000000a';
export const account = `28:orgid:${ra}`;
export const service = '+4930111';
export const customer = '+491701';
export const expert = '+491702';

/** An emulator with listener, a vendor's server for its events, and the official client between them; in real time. */
export class AutomationBench {
  readonly emulator: Emulator;
  readonly server: CallbackServer;
  readonly client: CallAutomationClient;

  private constructor(emulator: Emulator, server: CallbackServer) {
    this.emulator = emulator;
    this.server = server;
    this.client = new CallAutomationClient(emulator.connectionString, {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
    });
  }

  static async start(options: StartEmulatorOptions = {}): Promise<AutomationBench> {
    const emulator = await startEmulator(options);
    const bench = new AutomationBench(emulator, await CallbackServer.start());
    bench.core.calls.assignNumber(service, ra);
    for (const number of [customer, expert]) bench.core.phones.set(number, { afterMs: 20, speaks: false });
    return bench;
  }

  get core() {
    return this.emulator.core;
  }

  get callback(): string {
    return `${this.server.origin}/callbacks`;
  }

  phone(number: string) {
    const phone = this.core.phones.latest(number);
    if (phone === undefined) throw new Error(`unable to find the phone ${number}; it has had no call`);
    return phone;
  }

  /** A call from the resource account to the customer, who has answered. */
  async created(operationContext = 'context-1'): Promise<BenchCall> {
    const { callConnection, callConnectionProperties } = await this.client.createCall(
      { targetParticipant: { phoneNumber: customer } },
      this.callback,
      { teamsAppSource: { teamsAppId: ra }, operationContext },
    );
    return this.#connected(callConnection, callConnectionProperties.callConnectionId);
  }

  /** The incoming call's event, when a customer calls the resource account. */
  async rings(): Promise<Received> {
    await this.core.eventGrid.subscribe({ endpoint: `${this.server.origin}/events` });
    this.core.phones.callFrom(customer, { to: service, displayName: 'Cleo', speaks: false });
    return this.server.event('IncomingCall');
  }

  /** A call from the customer that the server has answered. */
  async answered(): Promise<BenchCall> {
    const { data } = await this.rings();
    const { callConnection, callConnectionProperties } = await this.client.answerCall(
      String(data.incomingCallContext),
      this.callback,
    );
    return this.#connected(callConnection, callConnectionProperties.callConnectionId);
  }

  async #connected(connection: CallConnection, id = ''): Promise<BenchCall> {
    const of = ({ data }: Received) => data.callConnectionId === id;
    await this.server.event('CallConnected', of);
    const event: BenchCall['event'] = (type, fits = () => true) =>
      this.server.event(type, (received) => of(received) && fits(received));
    return { id, connection, media: connection.getCallMedia(), event };
  }

  async close(): Promise<void> {
    await this.emulator.close();
    await this.server.close();
  }
}

/** A connection with its events. */
export interface BenchCall {
  readonly id: string;
  readonly connection: CallConnection;
  readonly media: CallMedia;
  readonly event: (type: string, fits?: (received: Received) => boolean) => Promise<Received>;
}

/** What a request was refused with, as `status code`. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'done';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const status = 'statusCode' in error ? error.statusCode : '';
    const code = 'code' in error ? error.code : '';
    return `${String(status)} ${String(code)}`;
  }
}
