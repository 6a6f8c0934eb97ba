import type { CallAutomationClient } from '@azure/communication-call-automation';
import type { ChatClient, ChatClientOptions } from '@azure/communication-chat';
import type { CommunicationIdentityClient } from '@azure/communication-identity';
import { ContactCenterError } from 'onescreen';

/** How long one request to ACS may take, in milliseconds. */
const requestTimeoutMs = 15_000;

/** Options of every call. */
export const operation = { requestOptions: { timeout: requestTimeoutMs } };

type ChatCredential = ConstructorParameters<typeof ChatClient>[1];
type AdditionalPolicy = NonNullable<ChatClientOptions['additionalPolicies']>[number];
type PipelineRequest = Parameters<AdditionalPolicy['policy']['sendRequest']>[0];
type SendRequest = Parameters<AdditionalPolicy['policy']['sendRequest']>[1];

/** What a managed identity or an app registration signs in with, such as those of `@azure/identity`. */
export interface AcsTokenCredential {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** An ACS resource: its connection string, or its endpoint and who may use it. */
export type AcsResource =
  { readonly connectionString: string } | { readonly endpoint: string; readonly credential: AcsTokenCredential };

/** An ACS resource, reached by the official clients, which are loaded when first used. */
export interface AcsConnection {
  /** The resource's origin, as desks and customers reach it. */
  readonly endpoint: string;
  identity(): Promise<CommunicationIdentityClient>;
  chat(credential: ChatCredential): Promise<ChatClient>;
  calls(): Promise<CallAutomationClient>;
}

/** Throws `command/invalid` for what is no connection string or endpoint, or one for plain http to another machine. */
export function acsConnection(resource: AcsResource): AcsConnection {
  if (typeof resource !== 'object') throw refused('there is none', 'connectionString');
  const url = 'connectionString' in resource ? endpointOf(resource.connectionString) : endpoint(resource.endpoint);
  const insecure = url.protocol === 'http:';
  if (insecure && !isLoopback(url.hostname)) throw refused('plain http is for this machine alone', fieldOf(resource));
  const secured = insecure ? `https://${url.host}` : url.origin;
  return {
    endpoint: url.origin,
    async identity() {
      const { CommunicationIdentityClient } = await import('@azure/communication-identity');
      if ('connectionString' in resource) {
        return new CommunicationIdentityClient(resource.connectionString, { allowInsecureConnection: insecure });
      }
      return new CommunicationIdentityClient(secured, resource.credential, insecure ? loopbackOptions(url.host) : {});
    },
    async calls() {
      const { CallAutomationClient } = await import('@azure/communication-call-automation');
      if ('connectionString' in resource) {
        return new CallAutomationClient(resource.connectionString, { allowInsecureConnection: insecure });
      }
      return new CallAutomationClient(secured, resource.credential, insecure ? loopbackOptions(url.host) : {});
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
 * The official clients refuse to send a token over plain http. They are given an https address of loopback,
 * and this policy puts http back, underneath their check.
 */
function loopbackOptions(host: string) {
  return {
    additionalPolicies: [
      {
        position: 'perRetry' as const,
        policy: {
          name: 'loopback',
          sendRequest(request: PipelineRequest, next: SendRequest) {
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
  if (typeof connectionString !== 'string') throw refused('there is none');
  const parts = connectionString.split(';').map((part) => part.trim());
  const address = parts.find((part) => /^endpoint=/i.test(part))?.slice('endpoint='.length) ?? '';
  if (!parts.some((part) => /^accesskey=./i.test(part))) throw refused('it has no access key');
  if (!URL.canParse(address)) throw refused('it has no endpoint');
  return checked(new URL(address), 'connectionString');
}

function endpoint(address: string): URL {
  if (!URL.canParse(address)) throw refused('it is no address', 'endpoint');
  return checked(new URL(address), 'endpoint');
}

function checked(url: URL, field: Field): URL {
  if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  throw refused('its endpoint is neither https nor http', field);
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

type Field = 'connectionString' | 'endpoint';

function fieldOf(resource: AcsResource): Field {
  return 'connectionString' in resource ? 'connectionString' : 'endpoint';
}

function refused(why: string, field: Field = 'connectionString'): ContactCenterError {
  const what = field === 'endpoint' ? 'endpoint' : 'connection string';
  return new ContactCenterError('command/invalid', `unable to use ACS ${what}; ${why}`, { field });
}
