import type { Random } from 'onescreen';
import { isPrivate } from './addresses';
import { failed, ok, unknown, type Finding } from './finding';
import { isObject, request, whyNoAnswer, type Answer } from './request';
import { variables, type DoctorSettings } from './settings';

/** Shortest webhook key that passes, in characters: as many as the server wants. */
const minKeyLength = 16;

interface WebhookContext {
  readonly random: Random;
  /** The resource is on this machine, so that our webhooks may be, too. */
  readonly local: boolean;
}

/** Whether Event Grid could reach the server's webhooks, and nobody who does not know the key could. */
export async function checkWebhooks(
  { callbackUrl, webhookKey }: DoctorSettings,
  { random, local }: WebhookContext,
): Promise<readonly Finding[]> {
  const key = checkKey(webhookKey);
  if (callbackUrl === undefined) {
    const remedy = `Set ${variables.callbackUrl} or --callback-url to the server's callbackUrl.`;
    return [
      key,
      unknown('callback address', 'none is named', remedy),
      unknown('event subscription', 'there is no callback address'),
      unknown('wrong key', 'there is no callback address'),
    ];
  }
  const problem = problemOf(callbackUrl, local);
  if (problem !== undefined) {
    return [
      key,
      failed('callback address', problem, 'Give the server an https address that the internet reaches.'),
      unknown('event subscription', 'the callback address is no good'),
      unknown('wrong key', 'the callback address is no good'),
    ];
  }
  const address = ok('callback address', callbackUrl);
  return [key, address, ...(await knock(callbackUrl, webhookKey, random))];
}

function checkKey(webhookKey: string | undefined): Finding {
  const remedy = `Set ${variables.webhookKey} to random characters, at least ${minKeyLength}, such as of: openssl rand -hex 32.`;
  if (webhookKey === undefined) return unknown('webhook key', `${variables.webhookKey} is not set`, remedy);
  if (webhookKey.length >= minKeyLength) return ok('webhook key', `${variables.webhookKey} is long enough`);
  return failed('webhook key', `${variables.webhookKey} is shorter than ${minKeyLength} characters`, remedy);
}

function problemOf(callbackUrl: string, local: boolean): string | undefined {
  if (!URL.canParse(callbackUrl)) return 'it is no address';
  const url = new URL(callbackUrl);
  if (url.search !== '' || url.hash !== '') return 'it has a query or a fragment; the server adds the key itself';
  if (local && (url.protocol === 'http:' || url.protocol === 'https:')) return undefined;
  if (url.protocol !== 'https:') return 'it is not https';
  return isPrivate(url.hostname) ? `nobody outside can reach ${url.hostname}` : undefined;
}

/** Plays Event Grid, which asks a new subscription's address for a code; with our key, and with another. */
async function knock(callbackUrl: string, webhookKey: string | undefined, random: Random): Promise<readonly Finding[]> {
  const code = random.id();
  const subscription = 'event subscription';
  const right =
    webhookKey === undefined
      ? unknown(subscription, `${variables.webhookKey} is not set`)
      : await handshake(subscription, eventsUrl(callbackUrl, webhookKey), code, random);
  return [right, await refusesWrongKey(eventsUrl(callbackUrl, random.id()), code, random)];
}

async function handshake(check: string, url: URL, code: string, random: Random): Promise<Finding> {
  const answer = await validate(url, code, random);
  if (typeof answer === 'string') {
    return failed(
      check,
      `the address does not answer: ${answer}`,
      'Start the server; check its proxy and certificate.',
    );
  }
  const { status, body } = answer;
  if (status === 200 && isObject(body) && body.validationResponse === code)
    return ok(check, 'the address answers the validation of Event Grid');
  if (status === 401 || status === 403)
    return failed(check, `the server refuses the key (${status})`, `Give the server the same ${variables.webhookKey}.`);
  if (status === 404)
    return failed(check, 'there is nothing at that address', 'Mount the webhooks at the path of callbackUrl.');
  return failed(check, `the answer is ${status}, without the code`, 'Point callbackUrl at the server itself.');
}

async function refusesWrongKey(url: URL, code: string, random: Random): Promise<Finding> {
  const check = 'wrong key';
  const answer = await validate(url, code, random);
  if (typeof answer === 'string') return unknown(check, `the address does not answer: ${answer}`);
  if (answer.status === 401 || answer.status === 403) return ok(check, `it is refused (${answer.status})`);
  if (answer.status < 300)
    return failed(check, 'the address takes events from anybody', 'Mount the webhooks with their webhookKey.');
  return unknown(check, `the answer is ${answer.status}`);
}

async function validate(url: URL, code: string, random: Random): Promise<Answer | string> {
  const event = {
    id: random.id(),
    topic: 'onescreen doctor',
    subject: '',
    data: { validationCode: code },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: '2026-01-01T00:00:00Z',
    metadataVersion: '1',
    dataVersion: '2',
  };
  try {
    return await request(url, {
      method: 'POST',
      headers: { 'aeg-event-type': 'SubscriptionValidation' },
      json: [event],
    });
  } catch (error) {
    return whyNoAnswer(error);
  }
}

/** The address of the Event Grid subscription: below the path of the callback address, or of the server's own choice. */
function eventsUrl(callbackUrl: string, key: string): URL {
  const url = new URL(callbackUrl);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = `${path === '' ? '/call-automation' : path}/events`;
  url.searchParams.set('key', key);
  return url;
}
