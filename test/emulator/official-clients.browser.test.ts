import { ChatClient } from '@azure/communication-chat';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { describe, expect, inject } from 'vitest';
import { loopbackOptions } from './loopback-options';
import { describeOfficialChatClient, type OfficialPlace } from './official-suite';

const desk = inject('emulatorDesk');

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${desk}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

const chromium = (readsAllHeaders: boolean): OfficialPlace => ({
  readsAllHeaders,
  async openChat(endpoint, token, clientOptions) {
    const { url, options } = loopbackOptions(endpoint, clientOptions);
    return new ChatClient(url, new AzureCommunicationTokenCredential(token), options);
  },
  async start(options) {
    const { id, ...rest } = await ask<{ id: string; endpoint: string; connectionString: string }>('POST', '/', options);
    return {
      ...rest,
      control: (method, path, body) => ask('POST', `/${id}`, { method, path, body }),
      async close() {
        const { checked, misfits } = await ask<{ checked: number; misfits: readonly string[] }>('DELETE', `/${id}`);
        expect(checked).toBeGreaterThan(0);
        return misfits;
      },
    };
  },
});

describe.each([{ https: false }, { https: true }])('in Chromium with https: $https,', ({ https }) => {
  describe('the unmodified chat client', () => {
    describe('with the headers that the service shows to other origins', () =>
      describeOfficialChatClient(chromium(false), { https }));
    if (!https) {
      describe('with all headers shown', () => describeOfficialChatClient(chromium(true), { https, cors: 'open' }));
    }
  });
});
