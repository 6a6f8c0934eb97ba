import { routingRules } from 'onescreen/routing';
import { jobRouterEvents, jobRouterNames, jobRouterOffer } from 'onescreen/routing/rules';
import { describe, expect, it } from 'vitest';
import { Office } from '../job-router/office';

/** The events that Job Router documents. */
const documented = [
  ...[
    'Received',
    'Classified',
    'Queued',
    'ClassificationFailed',
    'Completed',
    'Closed',
    'Cancelled',
    'ExceptionTriggered',
    'WorkerSelectorsExpired',
    'Unassigned',
    'WaitingForActivation',
    'SchedulingFailed',
    'Deleted',
  ].map((name) => `RouterJob${name}`),
  ...[
    'OfferIssued',
    'OfferAccepted',
    'OfferDeclined',
    'OfferRevoked',
    'OfferExpired',
    'Registered',
    'Deregistered',
    'Deleted',
  ].map((name) => `RouterWorker${name}`),
];

describe('jobRouterEvents', () => {
  it('has every documented name, and no other', () => {
    const mapped = new Set<string>(Object.values(jobRouterEvents).flat());
    expect([...mapped].sort()).toEqual([...documented].sort());
  });

  it('tells the life of a task in Job Router’s names', () => {
    const rules = routingRules({ classification: [{ id: 'p', classify: () => ({ queueId: 'support' }) }] });
    const office = new Office({ id: 'support' }, rules);
    const told = () =>
      office.log
        .splice(0)
        .flatMap(jobRouterNames)
        .map((name) => name.slice('Microsoft.Communication.'.length));
    office.worker('ada');
    expect(told()).toEqual(['RouterWorkerRegistered']);
    office.task('plain');
    expect(told()).toEqual(['RouterJobReceived', 'RouterJobQueued', 'RouterWorkerOfferIssued']);
    office.accept('plain');
    expect(told()).toEqual(['RouterWorkerOfferAccepted']);
    office.do({ type: 'unassign', taskId: 'plain', suspend: true });
    expect(told()).toEqual(['RouterJobUnassigned']);
    office.do({ type: 'requeue', taskId: 'plain', reason: 'x' });
    expect(told()).toEqual(['RouterJobQueued', 'RouterWorkerOfferIssued']);
    office.accept('plain');
    office.finish('plain');
    expect(told()).toEqual(['RouterWorkerOfferAccepted', 'RouterJobCompleted', 'RouterJobClosed', 'RouterJobDeleted']);
    office.do({ type: 'enqueue', task: { id: 'classified', channel: 'chat', classificationPolicyId: 'p' } });
    expect(told()).toEqual(['RouterJobReceived', 'RouterJobClassified', 'RouterJobQueued', 'RouterWorkerOfferIssued']);
    office.do({ type: 'cancel', taskId: 'classified', reason: 'x' });
    expect(told()).toEqual(['RouterWorkerOfferRevoked', 'RouterJobCancelled', 'RouterJobDeleted']);
    office.task('scheduled', { scheduleAt: 1_000 });
    office.pass(1_000);
    expect(told()).toEqual(['RouterJobReceived', 'RouterJobWaitingForActivation']);
    office.task('late', { scheduleAt: 0 });
    expect(told()).toEqual(['RouterJobReceived', 'RouterJobSchedulingFailed']);
    office.do({ type: 'setAvailable', workerId: 'ada', available: false });
    office.do({ type: 'deregister', workerId: 'ada' });
    expect(told()).toEqual(['RouterWorkerDeregistered', 'RouterWorkerDeleted']);
  });
});

describe('jobRouterOffer', () => {
  it('gives what OfferIssued and OfferAccepted carry', () => {
    const office = new Office({ id: 'support', offerTtlMs: 30_000 });
    office.now = Date.UTC(2026, 0, 5, 8);
    office.worker('ada');
    const more = {
      priority: 7,
      labels: { product: 'router' },
      tags: { campaign: 'autumn' },
      channelReference: 'thread-7',
    };
    const issued = office.task('t', more).find((event) => event.type === 'offer-issued');
    const common = {
      workerId: 'ada',
      jobId: 't',
      channelId: 'chat',
      channelReference: 'thread-7',
      queueId: 'support',
      offerId: 'o-1',
      jobPriority: 7,
      jobLabels: { product: 'router' },
      jobTags: { campaign: 'autumn' },
    };
    expect(issued && jobRouterOffer(issued, office.engine)).toEqual({
      ...common,
      offerTimeUtc: '2026-01-05T08:00:00.000Z',
      expiryTimeUtc: '2026-01-05T08:00:30.000Z',
    });
    const accepted = office.accept('t').find((event) => event.type === 'offer-accepted');
    expect(accepted && jobRouterOffer(accepted, office.engine)).toEqual({ ...common, assignmentId: 'o-1' });
    office.do({ type: 'cancel', taskId: 't', reason: 'x' });
    expect(accepted && jobRouterOffer(accepted, office.engine)).toBeUndefined();
  });
});
