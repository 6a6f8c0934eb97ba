import {
  ContactCenterError,
  inFlight,
  select,
  withCommandOptions,
  type CallTask,
  type CallTaskHost,
  type Clock,
  type Consult,
  type ConsultRecord,
  type Target,
} from 'onescreen';
import { filter, firstValueFrom, map } from 'rxjs';
import { canStep, createConsult, hasEnded, isThere } from './consult';

/** Ends of a consult after which the same one may succeed. */
const passing: readonly unknown[] = ['no-answer', 'busy', 'unavailable'];

/** What a task's agent can do because it may have a call. */
export function createCallTask(host: CallTaskHost, clock: Clock): CallTask {
  const { record$, consults$, command, demand } = host;
  const { id: taskId, conversationId } = record$.value;
  const consults = new Map<string, Consult>();
  const once = inFlight<undefined>();
  const onceConsulting = inFlight<Consult>();

  /** What the log says of a consult, as soon as it says anything. */
  function told(consultId: string): Promise<ConsultRecord> {
    const consult$ = consults$.pipe(map((all) => all.get(consultId)));
    return firstValueFrom(consult$.pipe(filter((consult) => consult !== undefined)));
  }

  function consultOf(first: ConsultRecord): Consult {
    const { id: consultId } = first;
    const record$ = select(consults$, (all) => all.get(consultId) ?? first);
    const consult =
      consults.get(consultId) ??
      createConsult(first, record$, (action, options) =>
        once(action + consultId, async () => {
          if (isThere(record$.value, action)) return;
          if (!canStep(record$.value, action)) {
            const details = { field: action, reason: 'wrong-state' };
            throw new ContactCenterError('command/not-allowed', `unable to ${action} consult; wrong-state`, details);
          }
          await command('consult/act', { conversationId, consultId, action }, options);
        }),
      );
    consults.set(consultId, consult);
    return consult;
  }

  return {
    consult: (to, options = {}) =>
      onceConsulting(JSON.stringify(to), async () => {
        demand(`consult${kindOf(to)}`, 'consult');
        const { signal, timeoutMs, ...extra } = options;
        return withCommandOptions(clock, options, 'consult', async () => {
          const { consultId } = await command('consult/start', { taskId, to, ...extra }, options);
          const begun = await told(consultId);
          if (begun.status === 'failed') throw failed(begun);
          return consultOf(begun);
        });
      }),
    consults$: select(
      consults$,
      (all) => [...all.values()].filter((one) => one.taskId === taskId && !hasEnded(one)).map(consultOf),
      (a, b) => a.length === b.length && a.every((consult, index) => consult === b[index]),
    ),
    park: (options = {}) =>
      once('park', async () => {
        demand('park', 'park');
        const { signal, timeoutMs, ...extra } = options;
        await command('task/park', { taskId, ...extra }, options);
      }),
    callBack: (options = {}) =>
      once('callBack', async () => {
        demand('callBack', 'promise to call back');
        const { signal, timeoutMs, at, ...extra } = options;
        const due = at && { at: at.getTime() };
        await command('callback/schedule', { conversationId, ...extra, ...due }, options);
      }),
    transfer(to, options) {
      const call = host.call();
      if (call === undefined || 'queue' in to) return undefined;
      const capability = Object.entries(call.capabilities$.value).find(([name]) => name === `transferTo${kindOf(to)}`);
      const isHere = capability?.[1].supported === true && capability[1].executor === 'client';
      return isHere ? call.transfer(to, options) : undefined;
    },
  };
}

function kindOf(to: Target): string {
  if ('agent' in to) return 'Agent';
  if ('phone' in to) return 'Phone';
  return 'teamsUser' in to ? 'TeamsUser' : 'Voicemail';
}

function failed({ status, reason = status }: ConsultRecord): ContactCenterError {
  const retryable = passing.includes(reason);
  return new ContactCenterError('consult/failed', `unable to consult; ${reason}`, { reason, retryable });
}
