import type { ChatClient, ChatClientOptions } from '@azure/communication-chat';
import type { CommunicationIdentityClient } from '@azure/communication-identity';
import { ContactCenterError } from 'onescreen';

/** How long one request to ACS may take, in milliseconds. */
const requestTimeoutMs = 15_000;

/** Options of every call. */
export const operation = { requestOptions: { timeout: requestTimeoutMs } };

type ChatCredential = ConstructorParameters<typeof ChatClient>[1];

/** An ACS resource, reached by the official clients, which are loaded when first used. */
export interface AcsConnection {
  /** The resource's origin, as desks and customers reach it. */
  readonly endpoint: string;
  identity(): Promise<CommunicationIdentityClient>;
  chat(credential: ChatCredential): Promise<ChatClient>;
}

/** Throws `command/invalid` for what is no connection string, or one for plain http to another machine. */
export function acsConnection(connectionString: string): AcsConnection {
  const url = endpointOf(connectionString);
  const insecure = url.protocol === 'http:';
  if (insecure && !isLoopback(url.hostname)) throw refused('plain http is for this machine alone');
  return {
    endpoint: url.origin,
    async identity() {
      const { CommunicationIdentityClient } = await import('@azure/communication-identity');
      return new CommunicationIdentityClient(connectionString, { allowInsecureConnection: insecure });
    },
    async chat(credential) {
      const { ChatClient } = await import('@azure/communication-chat');
      return insecure
        ? new ChatClient(`https://${url.host}`, credential, loopbackOptions(url.host))
        : new ChatClient(url.origin, credential);
    },
  };
}

/**
 * The official chat client refuses to send a token over plain http. It is given an https address of loopback,
 * and this policy puts http back, underneath its check.
 */
function loopbackOptions(host: string): ChatClientOptions {
  return {
    additionalPolicies: [
      {
        position: 'perRetry',
        policy: {
          name: 'loopback',
          sendRequest(request, next) {
            const url = new URL(request.url);
            if (url.host === host && url.protocol === 'https:') {
              request.url = `http:${request.url.slice('https:'.length)}`;
              request.allowInsecureConnection = true;
            }
            return next(request);
          },
        },
      },
    ],
  };
}

function endpointOf(connectionString: string): URL {
  const parts = connectionString.split(';').map((part) => part.trim());
  const endpoint = parts.find((part) => /^endpoint=/i.test(part))?.slice('endpoint='.length) ?? '';
  if (!parts.some((part) => /^accesskey=./i.test(part))) throw refused('it has no access key');
  if (!URL.canParse(endpoint)) throw refused('it has no endpoint');
  const url = new URL(endpoint);
  if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  throw refused('its endpoint is neither https nor http');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function refused(why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to use ACS connection string; ${why}`, {
    field: 'connectionString',
  });
}
