import type { ChatProvider } from './chat-provider';
import type { VoiceProvider } from './voice-provider';

/** What a client can be given for its channels. */
export type Provider = ChatProvider | VoiceProvider;

export function isVoiceProvider(provider: Provider): provider is VoiceProvider {
  return 'tokenKinds' in provider;
}
