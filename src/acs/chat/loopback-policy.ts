import { ContactCenterError } from 'onescreen';
import type { AcsClientOptions, AcsPolicy } from './official-client';

/** Where the official client is told to go, and what it needs to get there. */
export interface Route {
  readonly endpoint: string;
  readonly options: AcsClientOptions;
}

/** Every retry is ours: the official client repeats a POST after a 5xx, which stores the message twice. */
const retryOptions = { maxRetries: 0 };

/**
 * The official client refuses to send a token over plain http. A loopback endpoint, such as the emulator's, is
 * named https to it, and a request policy turns each URL back into the http one.
 * @throws ContactCenterError `command/invalid` for an endpoint that is no URL, or plain http to another machine
 */
export function routeTo(endpoint: string): Route {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'https:') return { endpoint: `https://${url.host}`, options: { retryOptions } };
  if (url?.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw new ContactCenterError('command/invalid', 'unable to open chat; its endpoint is not an https URL', {
      field: 'providerRefs.endpoint',
    });
  }
  const additionalPolicies = [{ policy: loopbackPolicy(url.host), position: 'perRetry' as const }];
  return {
    endpoint: `https://${url.host}`,
    options: { retryOptions, additionalPolicies, signalingClientOptions: { additionalPolicies } },
  };
}

function loopbackPolicy(host: string): AcsPolicy {
  const secure = `https://${host}/`;
  return {
    name: 'onescreenLoopback',
    sendRequest(request, next) {
      if (request.url.startsWith(secure)) {
        request.url = `http://${host}/${request.url.slice(secure.length)}`;
        request.allowInsecureConnection = true;
      }
      return next(request);
    },
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
