import { demoAgents } from '../development-sign-in';
import { startCallers } from '../server/callers';
import { phoneNumber } from '../server/contact-center';
import { startCustomers } from '../server/customers';
import { startCluster } from './start-cluster';
import type { NodeProcess } from './start-node';

const { CHAT, PORT, SCRIPTED_CUSTOMERS } = process.env;
const hasCustomers = SCRIPTED_CUSTOMERS !== 'off' && !process.argv.includes('--no-customers');

console.log('Starting…');
const cluster = await startCluster({
  port: PORT === undefined ? 5173 : Number(PORT),
  otherPorts: PORT === undefined,
  chat: CHAT === 'server' ? 'server' : 'acs',
  replaced: (gone, other) =>
    console.log(`Node ${gone.pid} is gone; ${other.pid} has started in its place.\n${shown()}`),
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
const customers = hasCustomers ? startCustomers(cluster.url) : undefined;
const callers = hasCustomers ? startCallers(cluster.emulator.core) : undefined;

const [, second] = demoAgents;
console.log(`
  Agent's screen     ${cluster.url}/
  Another agent's    ${cluster.url}/?agent=${second.id}
  Customer's page    ${cluster.url}/customer.html
                     ${cluster.url}/customer.html?chat=server  (chat hosted by the control plane)
  Teams side         ${cluster.url}/teams.html  (be somebody of the house)

  Phone number       ${phoneNumber} (simulated)
  ACS                emulated at ${cluster.emulator.endpoint}
  Redis              ${cluster.redis}
${shown()}
  Kill any of them while you chat: nothing is lost, and another one starts in its place.
  Scripted customers ${customers === undefined ? 'off' : 'on  (SCRIPTED_CUSTOMERS=off turns them off)'}

  Development sign-in: not for production. Ctrl-C ends it all.
`);

function shown(): string {
  const line = ({ pid, leads, origin }: NodeProcess) =>
    `  Node               ${origin}  ${leads ? 'leads ' : 'follows'}  kill -9 ${pid}`;
  return cluster.nodes.map(line).join('\n');
}

/** npm hands on to this process the Ctrl-C that the terminal has given it already. */
const echoMs = 500;
let endingSince: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (endingSince !== undefined) {
      // A second Ctrl-C does not wait.
      if (performance.now() - endingSince > echoMs) process.exit(1);
      return;
    }
    endingSince = performance.now();
    console.log('Ending…');
    const end = async () => {
      callers?.close();
      await customers?.close();
      await cluster.close();
      console.log('Ended.');
    };
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
