import { systemClock } from 'onescreen';
import { acsChat } from 'onescreen/acs/chat';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { scriptedCustomers, seededRandom } from 'onescreen/testing';

/** Customers who write by themselves, a few at a time, so that there is work at once. */
export function startCustomers(server: string): { close(): Promise<void> } {
  const client = new CustomerClient({ server, providers: [acsChat(), serverChat()], storage: null });
  const customers = scriptedCustomers({
    start: (chat) => client.start(chat),
    clock: systemClock,
    random: seededRandom(Date.now()),
    everyMs: [1_000, 12_000],
    atOnce: 4,
  });
  customers.on();
  return {
    async close() {
      await customers.close();
      await client.close();
    },
  };
}
