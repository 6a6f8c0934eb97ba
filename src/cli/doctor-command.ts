import { parseArgs } from 'node:util';
import { systemClock, systemRandom } from 'onescreen';
import type { Command } from './command';
import { printFindings } from './doctor/print-findings';
import { runDoctor } from './doctor/run-doctor';
import { readSettings } from './doctor/settings';

/** `onescreen doctor`. */
export const doctorCommand: Command = {
  usage: `Usage: onescreen doctor [options]

Checks a Communication Services resource, a Teams tenant's consent and this server's webhooks from outside. Prints a line
for each check: ok, failed or unknown, why, and what helps. Ends with 1 when one has failed.

  --endpoint URL           the resource, in place of a connection string  (ACS_ENDPOINT)
  --tenant ID              the Teams tenant                               (TEAMS_TENANT_ID)
  --resource-account ID    object id of the resource account              (TEAMS_RESOURCE_ACCOUNT)
  --agent ID               object id of an agent; may be repeated         (TEAMS_AGENTS, separated by commas)
  --client-id ID           application that agents sign in with           (TEAMS_CLIENT_ID)
  --callback-url URL       the server's callbackUrl                       (CALLBACK_URL)
  --json                   print the findings as JSON

Secrets come from the environment alone, and are never printed:

  ACS_CONNECTION_STRING    the resource with its access key
  ACS_ENTRA_TOKEN          or, with an endpoint: a token of the server's identity for https://communication.azure.com
  WEBHOOK_KEY              the server's webhookKey
`,
  async run(args) {
    const { json = false, ...flags } = parseArgs({
      args: [...args],
      options: {
        endpoint: { type: 'string' },
        tenant: { type: 'string' },
        'resource-account': { type: 'string' },
        agent: { type: 'string', multiple: true },
        'client-id': { type: 'string' },
        'callback-url': { type: 'string' },
        json: { type: 'boolean' },
      },
    }).values;
    const findings = await runDoctor(readSettings(flags, process.env), { clock: systemClock, random: systemRandom });
    process.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : printFindings(findings));
    if (findings.some(({ status }) => status === 'failed')) process.exitCode = 1;
  },
};
