import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { at } from './bench-values';
import { openChatClient, openIdentityClient } from './official-client';

// Runs in a process of its own, because Node reads NODE_EXTRA_CA_CERTS only at its start.

const emulator: unknown = JSON.parse(process.env.EMULATOR ?? '{}');
const endpoint = String(at(emulator, 'endpoint'));

const jwt = [
  '{}',
  JSON.stringify({ oid: '32c0a5db-05ec-48ea-81ab-3f06b329397e', tid: '11111111-2222-4333-8444-555555555555' }),
  's',
];
const entraToken = jwt.map((part) => Buffer.from(part).toString('base64url')).join('.');
const agent = new AzureCommunicationTokenCredential({
  resourceEndpoint: endpoint,
  tokenCredential: { getToken: () => Promise.resolve({ token: entraToken, expiresOnTimestamp: 8e15 }) },
  scopes: ['https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls'],
});
const { token: agentToken } = await agent.getToken();
if (agentToken === '') throw new Error('the Entra token was not exchanged');

const { token } = await openIdentityClient(String(at(emulator, 'connectionString'))).createUserAndToken(['chat']);
const client = await openChatClient({ endpoint, token });
await client.startRealtimeNotifications();
const registered = async () => {
  const state: unknown = await (await fetch(`${String(at(emulator, 'control'))}/state`)).json();
  return at(state, 'registrations', 0) !== undefined;
};
while (!(await registered())) await new Promise((resolve) => setTimeout(resolve, 20));
const received = new Promise<string>((resolve) => client.on('chatMessageReceived', ({ message }) => resolve(message)));
const { chatThread } = await client.createChatThread({ topic: 'https' });
await client.getChatThreadClient(chatThread?.id ?? '').sendMessage({ content: 'over https' });
console.log(`received: ${await received}`);
await client.stopRealtimeNotifications();
agent.dispose();
process.exit(0);
