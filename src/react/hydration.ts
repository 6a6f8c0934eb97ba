import { ContactCenterClient, ContactCenterError } from 'onescreen';

/** Read in the place of a value while a page takes over what a server has rendered. */
export const hydrating = Symbol();

/**
 * What React reads on a server, and while it hydrates. The client of a page may have signed in by then, and what a server
 * has rendered knows nothing of it.
 */
export function first<T, Before>(read: () => T, before: () => Before): () => T | Before {
  return typeof document === 'undefined' ? read : before;
}

let signedOut: ContactCenterClient | undefined;

/** A client as a server shows it: nobody has signed in. */
export function signedOutClient(): ContactCenterClient {
  signedOut ??= new ContactCenterClient({ controlPlane: { connect: refuse }, tokens: refuse, providers: [] });
  return signedOut;
}

function refuse(): never {
  throw new ContactCenterError('session/signed-out', 'unable to sign in; the page is not ready yet');
}
