export { always, byRule, byShare, passThrough, queueNamedBy, when } from './attachments';
export type { Attachment, Condition } from './attachments';
export { classificationPolicy } from './classification-policy';
export type { ClassificationPolicyOptions } from './classification-policy';
export { weeklyHours } from './weekly-hours';
export type { Opening, Weekday, WeeklyHoursOptions } from './weekly-hours';
export { jobRouterEvents, jobRouterNames, jobRouterOffer } from './job-router-events';
export type { JobRouterEventName, JobRouterOfferAccepted, JobRouterOfferIssued } from './job-router-events';
