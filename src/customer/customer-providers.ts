import {
  isChatProvider,
  isMeetingProvider,
  isVoiceProvider,
  type ChatProvider,
  type MeetingProvider,
  type Provider,
  type VoiceProvider,
} from 'onescreen';

/** What a page's client was given, by kind of channel. */
export interface CustomerProviders {
  readonly chats: readonly ChatProvider[];
  readonly voice: VoiceProvider | undefined;
  readonly meeting: MeetingProvider | undefined;
}

export function customerProviders(given: readonly Provider[]): CustomerProviders {
  return {
    chats: given.filter(isChatProvider),
    voice: given.find(isVoiceProvider),
    meeting: given.find(isMeetingProvider),
  };
}
