import { ContactCenterError, isContactCenterError, type HeldToken, type TokenKind, type Tokens } from 'onescreen';

/** Refuses a token of a kind that the provider cannot work with. Without a token the desk goes on without calls. */
export async function checkTokenKind(kinds: readonly TokenKind[], tokens: Tokens): Promise<void> {
  let token: HeldToken;
  try {
    token = await tokens.get('calling');
  } catch (error) {
    if (isContactCenterError(error, 'agent/identity-mismatch')) throw error;
    return;
  }
  if (token.kind === undefined || kinds.includes(token.kind)) return;
  const wanted = kinds.join(' or ');
  const why = `tokens({ audience: 'calling' }) gave a token of kind ${token.kind}, and the voice provider wants ${wanted}`;
  throw new ContactCenterError('agent/identity-mismatch', `unable to sign in; ${why}`, { field: 'tokens().kind' });
}
