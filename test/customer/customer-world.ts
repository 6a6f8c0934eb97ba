import { ContactCenterClient, createEnvironment, type Task } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { CustomerClient, type CustomerClientOptions } from 'onescreen/customer';
import { createServer, type ServerOptions } from 'onescreen/server';
import { inProcessFetch, inProcessSocket, seededRandom, virtualClock } from 'onescreen/testing';
import { firstValueFrom } from 'rxjs';

/** A page's `sessionStorage`, which a reload keeps. */
export function pageStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

/** A server with one agent's desk, and as many customers' pages as wanted. */
export function customerWorld(options: Partial<ServerOptions> = {}) {
  const clock = virtualClock();
  const random = seededRandom('customers');
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'], capacity: 5 }),
    queues: [{ id: 'support' }, { id: 'sales' }],
    clock,
    random: random.fork('server'),
    ...options,
  });
  let page = 0;
  return {
    clock,
    server,
    /** A customer's page. */
    page: (options: Partial<CustomerClientOptions> = {}) => {
      const socket = inProcessSocket(server, clock);
      const client = new CustomerClient({
        server: 'https://cc.contoso.example',
        providers: [serverChat()],
        environment: { clock, random: random.fork(`page ${++page}`), socket },
        fetch: inProcessFetch(server),
        storage: null,
        ...options,
      });
      return { client, socket };
    },
    /** The agent's desk, available. */
    desk: async () => {
      const environment = createEnvironment({
        clock,
        random: random.fork('desk'),
        socket: inProcessSocket(server, clock),
      });
      const client = new ContactCenterClient({
        controlPlane: controlPlane('https://cc.contoso.example'),
        tokens: async () => ({ token: 'ada', expiresOn: Date.UTC(2100, 0) }),
        providers: [serverChat()],
        environment,
      });
      const agent = await client.signIn();
      await agent.setAvailability({ kind: 'available' });
      return {
        client,
        async accept(): Promise<Task> {
          const offer = firstValueFrom(client.offered$);
          await clock.runUntil(() => client.offers$.value.length > 0);
          return (await offer).accept();
        },
      };
    },
  };
}
