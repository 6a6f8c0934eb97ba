import type { ChatProvider } from './chat-provider';
import type { MeetingProvider } from './meeting-provider';
import type { VoiceProvider } from './voice-provider';

/** What a client can be given for its channels. */
export type Provider = ChatProvider | VoiceProvider | MeetingProvider;

/** True for a provider of calls. */
export function isVoiceProvider(provider: Provider): provider is VoiceProvider {
  return 'tokenKinds' in provider;
}

/** True for a provider of meetings. */
export function isMeetingProvider(provider: Provider): provider is MeetingProvider {
  return 'meetings' in provider;
}

/** True for a provider of a messaging channel: chat, or a kind of the vendor's own. */
export function isChatProvider(provider: Provider): provider is ChatProvider {
  return 'join' in provider;
}
