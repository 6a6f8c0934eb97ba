import { ContactCenterError, type ContactCenterClient } from 'onescreen';
import { createContext, createElement, useContext, type ReactNode } from 'react';

const ClientContext = createContext<ContactCenterClient | undefined>(undefined);

/** Gives `client` to the hooks below it. Who made the client closes it. */
export function ContactCenterProvider(props: {
  readonly client: ContactCenterClient;
  readonly children?: ReactNode;
}): ReactNode {
  return createElement(ClientContext.Provider, { value: props.client }, props.children);
}

/** The client. @throws ContactCenterError `command/invalid` outside a `ContactCenterProvider` */
export function useContactCenter(): ContactCenterClient {
  const client = useContext(ClientContext);
  if (client === undefined) {
    throw new ContactCenterError(
      'command/invalid',
      'unable to use the contact center; there is no ContactCenterProvider above',
    );
  }
  return client;
}
