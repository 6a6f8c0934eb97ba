import type { Provider, VoiceProvider } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient, type CustomerInvitation } from 'onescreen/customer';
import { inProcessFetch, inProcessSocket, scriptedVoice, seededRandom, virtualClock } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { scriptedContactCenter } from './scripted-contact-center';

/** A server of scripted frames, and pages of one customer. */
export function invitationsWorld(started: 'chat' | 'voice' = 'chat') {
  const clock = virtualClock();
  const random = seededRandom('invitations');
  const center = scriptedContactCenter(clock, started);
  let pages = 0;

  /** A page, with chat and a phone of its own unless `providers` say otherwise. */
  function page(providers?: readonly Provider[]) {
    const voice = scriptedVoice();
    const socket = inProcessSocket(center.server, clock);
    const phone: VoiceProvider = {
      channel: 'voice',
      name: 'scripted',
      tokenKinds: ['acsUser'],
      open(context) {
        // As services do, it registers at once.
        context.tokens.get('calling').catch(() => {});
        return createVoice(context, { tokenKinds: ['acsUser'], open: voice.open });
      },
    };
    const client = new CustomerClient({
      server: 'https://cc.contoso.example',
      providers: providers ?? [serverChat(), phone],
      environment: { clock, random: random.fork(`page ${++pages}`), socket },
      fetch: inProcessFetch(center.server),
      storage: null,
    });
    return { client, voice, socket, phone };
  }
  return { clock, center, page };
}

/** The invitation of a kind; fails when there is none. */
export function invitationTo<Channel extends CustomerInvitation['channel']>(
  { invitations$ }: { readonly invitations$: { readonly value: readonly CustomerInvitation[] } },
  channel: Channel,
): Extract<CustomerInvitation, { readonly channel: Channel }> {
  const found = invitations$.value.find(
    (one): one is Extract<CustomerInvitation, { readonly channel: Channel }> => one.channel === channel,
  );
  if (found === undefined) throw new Error(`there is no invitation to ${channel}`);
  return found;
}
