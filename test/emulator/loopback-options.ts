import type { ChatClientOptions } from '@azure/communication-chat';

type PipelinePolicy = NonNullable<ChatClientOptions['additionalPolicies']>[number]['policy'];

/**
 * What an unmodified chat client is given to reach `endpoint`. It refuses plain http, so it gets the same
 * address as https and a policy that leads each request back to http.
 */
export function loopbackOptions(
  endpoint: string,
  clientOptions: ChatClientOptions = {},
): { readonly url: string; readonly options: ChatClientOptions } {
  const http = endpoint.replace(/\/$/, '');
  const url = http.replace(/^http:/, 'https:');
  const policies = http === url ? [] : [{ policy: loopbackPolicy(url, http), position: 'perRetry' as const }];
  const options: ChatClientOptions & { readonly signalingClientOptions: unknown } = {
    ...clientOptions,
    additionalPolicies: [...policies, ...(clientOptions.additionalPolicies ?? [])],
    signalingClientOptions: { additionalPolicies: policies },
  };
  return { url, options };
}

function loopbackPolicy(from: string, to: string): PipelinePolicy {
  return {
    name: 'loopback',
    sendRequest(request, next) {
      if (request.url.startsWith(from)) {
        request.url = to + request.url.slice(from.length);
        request.allowInsecureConnection = true;
      }
      return next(request);
    },
  };
}
