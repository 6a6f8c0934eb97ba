import { ContactCenterError, isContactCenterError } from '../errors';
import type { HeldToken, Tokens } from '../provider/token-provider';
import type { VoiceProvider } from '../provider/voice-provider';

/** Refuses a token of a kind that the provider cannot work with. Without a token the desk goes on without calls. */
export async function checkTokenKind(provider: VoiceProvider, tokens: Tokens): Promise<void> {
  let token: HeldToken;
  try {
    token = await tokens.get('calling');
  } catch (error) {
    if (isContactCenterError(error, 'agent/identity-mismatch')) throw error;
    return;
  }
  if (token.kind === undefined || provider.tokenKinds.includes(token.kind)) return;
  const wanted = provider.tokenKinds.join(' or ');
  const why = `tokens({ audience: 'calling' }) gave a token of kind ${token.kind}, and the voice provider wants ${wanted}`;
  throw new ContactCenterError('agent/identity-mismatch', `unable to sign in; ${why}`, { field: 'tokens().kind' });
}
