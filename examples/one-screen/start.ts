import { demoAgents } from './development-sign-in';
import { startCallers } from './server/callers';
import { phoneNumber } from './server/contact-center';
import { startCustomers } from './server/customers';
import { consoleLogger } from './server/log';
import { startDemo } from './server/start-demo';

const { ACS_CONNECTION_STRING: acsConnectionString, CHAT, PORT, SCRIPTED_CUSTOMERS } = process.env;
const hasCustomers = SCRIPTED_CUSTOMERS !== 'off' && !process.argv.includes('--no-customers');

console.log('Starting…');
const demo = await startDemo({
  port: PORT === undefined ? 5173 : Number(PORT),
  otherPorts: PORT === undefined,
  chat: CHAT === 'server' ? 'server' : 'acs',
  ...(acsConnectionString !== undefined && acsConnectionString !== '' && { acsConnectionString }),
  logger: consoleLogger,
});
const customers = hasCustomers ? startCustomers(demo.url) : undefined;
const callers = hasCustomers && demo.emulator !== undefined ? startCallers(demo.emulator.core) : undefined;

const [, second] = demoAgents;
console.log(`
  Agent's screen     ${demo.url}/
  Another agent's    ${demo.url}/?agent=${second.id}
  Customer's page    ${demo.url}/customer.html
                     ${demo.url}/customer.html?chat=server  (chat hosted by the control plane)
  Teams side         ${demo.emulator === undefined ? 'none: meetings need the emulator as yet' : `${demo.url}/teams.html  (be somebody of the house)`}

  Phone number       ${demo.emulator === undefined ? 'none: calls need the emulator as yet' : `${phoneNumber} (simulated)`}
  ACS                ${demo.emulator === undefined ? 'the resource of ACS_CONNECTION_STRING' : `emulated at ${demo.emulator.endpoint}`}
  Scripted customers ${customers === undefined ? 'off' : 'on  (SCRIPTED_CUSTOMERS=off turns them off)'}

  Development sign-in: not for production. Ctrl-C ends it all.
`);

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
      await demo.close();
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
