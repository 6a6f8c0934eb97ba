import { ContactCenterError, type PhoneState, type VoiceChannel } from 'onescreen';

/**
 * Puts the calls on hold that are active in any tab, each by whoever can. One that is only coming about cannot be held.
 * @throws ContactCenterError `command/not-allowed` with the reason `emergency-call`, `call/busy`, or as the hold does
 */
export async function holdActive(
  { calls }: PhoneState,
  channelOf: (channelId: string) => Promise<VoiceChannel>,
): Promise<void> {
  const active = calls.filter(({ status }) => status !== 'held' && status !== 'ended');
  if (active.some(({ emergency }) => emergency)) {
    const message = 'unable to hold call; an emergency call is never put on hold';
    throw new ContactCenterError('command/not-allowed', message, { reason: 'emergency-call' });
  }
  if (active.some(({ status }) => status !== 'connected' && status !== 'remote-held')) {
    throw new ContactCenterError('call/busy', 'unable to hold call; it is only coming about', { retryable: true });
  }
  for (const { channelId } of active) {
    const channel = await channelOf(channelId);
    const { status } = channel.state$.value;
    // What the control plane holds is connected for the phone all the same.
    if (status === 'connected' || status === 'ringing') await channel.hold();
  }
}
