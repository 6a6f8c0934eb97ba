import { ContactCenterError } from 'onescreen';

/** What to add for the providers of this package, by name, and for a kind of channel that nothing serves. */
const known: Readonly<Record<string, string>> = {
  acs: 'acsChat() of onescreen/acs/chat',
  server: 'serverChat() of onescreen/control-plane',
  chat: 'a chat provider such as serverChat() of onescreen/control-plane or acsChat() of onescreen/acs/chat',
  voice: 'a voice provider such as acsVoice() of onescreen/acs/calling',
  meeting: 'a meeting provider such as teamsMeetings() of onescreen/acs/calling',
};

/** The error where the client lacks the provider of this name, or any for this kind of channel. */
export function missingProvider(name: string, what = 'start chat', cause?: unknown): ContactCenterError {
  const needed = known[name] ?? `a provider named ${name}`;
  const message = `unable to ${what}; it needs ${needed}, which is to be added to the client's providers`;
  return new ContactCenterError('provider/missing', message, {
    field: 'options.providers',
    ...(cause !== undefined && { cause }),
  });
}
