import { ContactCenterClient, isChatChannel } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { hostedChat, type ChatHost } from 'onescreen/server';
import { inProcessSocket } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { agent, contactCenter, type ContactCenter } from './contact-center';

/** Text messages of the vendor's own: here they lie in the log, as hosted chats do. */
const sms: ChatHost = { ...hostedChat(), name: 'sms', channel: 'sms' };
const texting = [{ channel: 'sms', cost: 1 }];

async function desk(center: ContactCenter, token: string) {
  const { clock, random } = center;
  const client = new ContactCenterClient({
    controlPlane: controlPlane('http://cc.example'),
    tokens: async () => ({ token, expiresOn: Date.UTC(2100, 0) }),
    providers: [{ ...serverChat(), channel: 'sms', name: 'sms' }],
    environment: { clock, random, socket: inProcessSocket(center.server, clock) },
  });
  const signedIn = client.signIn();
  await center.settle();
  await signedIn;
  const available = client.agent.setAvailability({ kind: 'available' });
  await center.settle();
  await available;
  return client;
}

describe('a channel kind of the vendor’s own', () => {
  it('reaches an agent who takes it, who reads and writes in it by the vendor’s provider', async () => {
    const center = contactCenter({ chats: [sms] }, [agent('ann', { channels: texting })]);
    const ann = await desk(center, 'ann');
    const started = await center.start();
    expect(started.channel).toMatchObject({ channel: 'sms', provider: 'sms' });
    const page = await center.customer(started);
    await page.say('hello from my phone');
    const [offer] = ann.offers$.value;
    expect(offer?.task.channel).toBe('sms');
    const accepted = offer?.accept();
    await center.settle();
    const conversation = (await accepted)?.conversation;
    expect(conversation?.channel('chat')).toBeUndefined();
    const channel = conversation?.channels$.value.get('sms');
    const sent = isChatChannel(channel) ? channel.send('hello from the desk') : undefined;
    await center.settle();
    await sent;
    const texts = [...(conversation?.timeline$.value ?? [])].flatMap((item) =>
      item.kind === 'message' ? item.text : [],
    );
    expect(texts).toEqual(['hello from my phone', 'hello from the desk']);
    expect(page.of('log').at(-1)?.entries).toMatchObject([{ message: { text: 'hello from the desk' } }]);
    await ann.close();
  });

  it('is not offered to agents who take chats only, nor counted as one', async () => {
    const both = [...texting, { channel: 'chat', cost: 1 }];
    const agents = [agent('ann'), agent('ben', { channels: both, capacity: 2 })];
    const center = contactCenter({ chats: [hostedChat(), sms] }, agents);
    const ann = await center.desk('ann');
    const text = await center.start('Cleo', { channel: 'sms' });
    const chat = await center.start('Dora');
    expect(text.channel).toMatchObject({ channel: 'sms', provider: 'sms' });
    expect(chat.channel).toMatchObject({ channel: 'chat', provider: 'server' });
    await center.settle();
    expect(ann.of('offer').map(({ offer }) => offer.preview.id)).toEqual([chat.conversationId]);
    const ben = await center.desk('ben');
    expect(ben.of('offer').map(({ offer }) => offer.preview.id)).toEqual([text.conversationId]);
  });

  it('is refused where no host serves it', async () => {
    const center = contactCenter({ chats: [hostedChat(), sms] });
    const start = (more: object) => center.post('/conversations', { customer: { displayName: 'Cleo' }, ...more });
    const refused = { status: 400, body: { error: { code: 'command/invalid', field: 'channel' } } };
    expect(await start({ channel: 'fax' })).toMatchObject(refused);
    expect(await start({ channel: 'chat', provider: 'sms' })).toMatchObject(refused);
  });
});
