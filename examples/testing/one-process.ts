import { ContactCenterClient, type Task } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { createServer } from 'onescreen/server';
import { inProcessFetch, inProcessSocket, seededRandom, virtualClock } from 'onescreen/testing';

const url = 'https://cc.contoso.example';

/** A server, an agent's desk and a customer's page in this process, under one clock that moves when told to. */
export async function oneProcess() {
  const clock = virtualClock();
  const random = seededRandom('one process');
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'] }),
    queues: [{ id: 'support', offerTtlMs: 30_000 }],
    ...{ clock, random },
  });
  const world = (name: string) => ({ clock, random: random.fork(name), socket: inProcessSocket(server, clock) });

  const desk = new ContactCenterClient({
    controlPlane: controlPlane(url),
    tokens: async () => ({ token: 'ada', expiresOn: Date.UTC(2100, 0) }),
    providers: [serverChat()],
    environment: world('desk'),
  });
  const customers = new CustomerClient({
    server: url,
    providers: [serverChat()],
    environment: world('page'),
    fetch: inProcessFetch(server),
    storage: null,
  });
  await desk.signIn();
  await desk.agent.setAvailability({ kind: 'available' });

  return {
    clock,
    desk,
    customers,
    /** The agent takes the next offer, in however much virtual time that needs. */
    async accept(): Promise<Task> {
      await clock.runUntil(() => desk.offers$.value.length > 0);
      const [offer] = desk.offers$.value;
      if (offer === undefined) throw new Error('there is no offer');
      return offer.accept();
    },
    async close(): Promise<void> {
      await Promise.all([desk.close(), customers.close(), server.close()]);
    },
  };
}
