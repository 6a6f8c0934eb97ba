import { systemClock, systemRandom, ContactCenterError, type Cancel, type Clock, type Random } from 'onescreen';
import { acsConnection, type AcsResource } from '../acs-connection';
import type { CallControl, CreatedCall, IncomingCall, InviteRequest, Prompt } from '../call-control';
import type { Webhooks } from '../call-host';
import { redacting, type Logger } from 'onescreen/logging';
import { AutomatedCall } from './automated-call';
import type { AutomationApi, SoundSource } from './automation-api';
import { readCallbackEvents } from './callback-event';
import { callbackToken, isSameSecret, readCallbackToken } from './callback-token';
import { callFailure } from './call-failures';
import { readGridEvents, type IncomingEvent } from './incoming-event';
import { officialApi } from './official-api';
import { SeenEvents } from './seen-events';
import { setUpMs, slackMs } from './time-limits';
import { bare, readDelivery } from './webhook-request';

export interface CallAutomationSettings {
  /** Object id of the Teams resource account whose calls come to this server. */
  readonly resourceAccount: string;
  /**
   * Where Call Automation and Event Grid reach this server's webhooks: `https://cc.contoso.example/acs`. An address
   * without a path means `/call-automation` there. With several nodes, each gives an address of its own.
   */
  readonly callbackUrl: string;
  /** Secret of at least 16 characters: it signs the callback addresses, and opens `events` as `?key=…`. */
  readonly webhookKey: string;
  /** Who may deliver events, instead of whoever has the key: Event Grid can bring a token of Entra. */
  readonly authorize?: (request: Request) => boolean | Promise<boolean>;
  /** What the sounds are. Left out: silence. Words need `speechEndpoint`. */
  readonly sounds?: { readonly music?: SoundSource; readonly ringback?: SoundSource };
  /** Address of the Azure AI services resource that speaks words. */
  readonly speechEndpoint?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

export type CallAutomationOptions = AcsResource & CallAutomationSettings;

/** Milliseconds within which a call can be answered. Source: azure-docs, quickstarts/tpe/teams-phone-extensibility-optimize-latency. */
const answerWithinMs = 30_000;
/** Events of Event Grid that are remembered, to tell which come again (chosen). */
const rememberedEvents = 10_000;
/** A call's name in its callback address is forgotten this long after its end, in milliseconds (chosen). */
const rememberMs = 60_000;

/**
 * Drives calls with Azure Communication Services Call Automation, by the official client
 * `@azure/communication-call-automation`, which is loaded with the first request.
 * @throws ContactCenterError `command/invalid` for options that cannot be right
 */
export function callAutomation(options: CallAutomationOptions): CallControl & Webhooks {
  const { resourceAccount, speechEndpoint } = options;
  const connection = acsConnection(options);
  return callAutomationOver(
    officialApi(connection, { resourceAccount, ...(speechEndpoint !== undefined && { speechEndpoint }) }),
    options,
  );
}

/** The same over anything that speaks for Call Automation. */
export function callAutomationOver(api: AutomationApi, settings: CallAutomationSettings): CallControl & Webhooks {
  return new CallAutomation(api, settings);
}

class CallAutomation implements CallControl, Webhooks {
  readonly path: string;
  readonly #api: AutomationApi;
  readonly #settings: CallAutomationSettings;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #base: string;
  readonly #account: string;
  /** By the name in their callback address. */
  readonly #calls = new Map<string, AutomatedCall>();
  readonly #seen = new SeenEvents(rememberedEvents);
  readonly #forgetting = new Set<Cancel>();
  #onIncoming: ((call: IncomingCall) => void) | undefined;

  constructor(api: AutomationApi, settings: CallAutomationSettings) {
    const { clock = systemClock, random = systemRandom } = settings;
    const logger = redacting(settings.logger);
    this.#api = api;
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
    this.#logger = logger;
    this.#account = `28:orgid:${checkAccount(settings.resourceAccount)}`;
    const url = checkUrl(settings.callbackUrl);
    const path = url.pathname.replace(/\/+$/, '');
    this.path = path === '' ? '/call-automation' : path;
    this.#base = `${url.origin}${this.path}`;
    if (settings.webhookKey.length < 16) throw refused('webhookKey', 'it must have at least 16 characters');
  }

  start(onIncoming: (call: IncomingCall) => void): () => void {
    this.#onIncoming = onIncoming;
    return () => {
      if (this.#onIncoming !== onIncoming) return;
      this.#onIncoming = undefined;
      this.#stop();
    };
  }

  /** Forgets all calls; those that are under way go on at the service. */
  #stop(): void {
    const calls = [...this.#calls.values()];
    const underWay = calls.filter(({ end }) => end === undefined).length;
    if (underWay > 0) this.#logger.info('calls-left', { count: underWay });
    for (const call of calls) call.close();
    this.#calls.clear();
    for (const cancel of this.#forgetting) cancel();
    this.#forgetting.clear();
  }

  async create({ target, context = {}, timeoutMs = setUpMs }: InviteRequest): Promise<CreatedCall> {
    if (Object.keys(context).length > 0) this.#logger.debug('context-not-carried', { by: 'create' });
    const { call, callbackUrl } = this.#newCall();
    const name = this.#random.id();
    const cancelLate = await call.begin(
      'call',
      () => this.#api.create({ target, callbackUrl, context: name }),
      setUpMs + slackMs,
    );
    // The service has no limit for this; whoever does not answer in time is rung no more.
    const cancelRing = this.#clock.schedule(timeoutMs, () => {
      void call.giveUp(callFailure('call', { code: 487, subCode: 10004 }));
    });
    const done = () => {
      cancelLate();
      cancelRing();
    };
    call.answered.then(done, done);
    return { call, answered: call.answered };
  }

  async handle(request: Request): Promise<Response> {
    try {
      const { pathname } = new URL(request.url);
      if (/\/events\/?$/.test(pathname)) return await this.#events(request);
      const token = /\/calls\/([^/]+)\/?$/.exec(pathname)?.[1];
      return token === undefined ? bare(404) : await this.#callback(request, token);
    } catch (error) {
      this.#logger.error('webhook-failed', { error: error instanceof Error ? error.name : typeof error });
      return bare(500);
    }
  }

  async #events(request: Request): Promise<Response> {
    if (!(await this.#isAllowed(request))) {
      this.#logger.warn('events-refused', { reason: 'not-authorized' });
      return bare(401);
    }
    if (request.method === 'OPTIONS') {
      const origin = request.headers.get('webhook-request-origin');
      if (origin === null) return bare(400);
      return bare(200, { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' });
    }
    if (request.method !== 'POST') return bare(405, { allow: 'OPTIONS, POST' });
    const events = readGridEvents(await readDelivery(request));
    if (events === undefined) return bare(400);
    for (const one of events) {
      if (one.kind === 'validation') return Response.json({ validationResponse: one.code });
      if (one.kind === 'incoming') this.#incoming(one.event);
    }
    return bare(200);
  }

  async #isAllowed(request: Request): Promise<boolean> {
    const { authorize, webhookKey } = this.#settings;
    if (authorize !== undefined) return authorize(request);
    return isSameSecret(new URL(request.url).searchParams.get('key') ?? '', webhookKey);
  }

  async #callback(request: Request, token: string): Promise<Response> {
    const name = readCallbackToken(token, this.#settings.webhookKey);
    if (name === undefined) {
      this.#logger.warn('callback-refused', { reason: 'not-signed' });
      return bare(401);
    }
    if (request.method !== 'POST') return bare(405, { allow: 'POST' });
    const events = readCallbackEvents(await readDelivery(request));
    if (events === undefined) return bare(400);
    const call = this.#calls.get(name);
    if (call === undefined) this.#logger.debug('callback-ignored', { reason: 'call-unknown' });
    for (const event of events) call?.receive(event);
    return bare(200);
  }

  #incoming(event: IncomingEvent): void {
    if (!this.#seen.isNew(event.id)) return;
    if (event.to !== this.#account && event.onBehalfOf !== this.#account) {
      return this.#logger.warn('call-ignored', { reason: 'other-account' });
    }
    if (this.#onIncoming === undefined) return this.#logger.warn('call-ignored', { reason: 'not-started' });
    const { from, to, onBehalfOf, displayName, serverCallId, incomingCallContext, headers } = event;
    let answering: Promise<AutomatedCall> | undefined;
    const arrived = this.#clock.now();
    this.#onIncoming({
      from: { rawId: from, ...(displayName !== undefined && { displayName }) },
      to,
      onBehalfOf: onBehalfOf === this.#account && to !== this.#account,
      serverCallId,
      context: headers,
      answer: () => (answering ??= this.#answer(event, arrived)),
      reject: () => this.#api.reject(incomingCallContext).catch(() => {}),
    });
  }

  async #answer({ from, incomingCallContext }: IncomingEvent, arrived: number): Promise<AutomatedCall> {
    if (this.#onIncoming === undefined || this.#clock.now() - arrived > answerWithinMs)
      throw callFailure('answer', { code: 404, subCode: 8587 });
    const { call, callbackUrl } = this.#newCall(from);
    await call.open('answer', () => this.#api.answer(incomingCallContext, callbackUrl));
    return call;
  }

  #newCall(from?: string): { readonly call: AutomatedCall; readonly callbackUrl: string } {
    const name = this.#random.id();
    const callbackUrl = `${this.#base}/calls/${callbackToken(name, this.#settings.webhookKey)}`;
    const call = new AutomatedCall({
      api: this.#api,
      clock: this.#clock,
      random: this.#random,
      logger: this.#logger,
      callbackUrl,
      sourceOf: (prompt) => this.#sourceOf(prompt),
      ...(from !== undefined && { from }),
      onEnd: () => this.#forget(name),
    });
    this.#calls.set(name, call);
    return { call, callbackUrl };
  }

  #forget(name: string): void {
    const cancel = this.#clock.schedule(rememberMs, () => {
      this.#forgetting.delete(cancel);
      this.#calls.delete(name);
    });
    this.#forgetting.add(cancel);
  }

  #sourceOf(prompt: Prompt): SoundSource | undefined {
    return 'sound' in prompt ? this.#settings.sounds?.[prompt.sound] : prompt;
  }
}

function checkUrl(address: string): URL {
  if (!URL.canParse(address)) throw refused('callbackUrl', 'it is no address');
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused('callbackUrl', 'it is neither https nor http');
  if (url.search !== '' || url.hash !== '') throw refused('callbackUrl', 'it has a query or a fragment');
  return url;
}

function checkAccount(id: string): string {
  if (/^[A-Za-z0-9-]+$/.test(id)) return id;
  throw refused('resourceAccount', 'it is no object id');
}

function refused(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to use Call Automation; ${why}`, { field });
}
