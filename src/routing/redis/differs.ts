import { ContactCenterError } from 'onescreen';

/** Another set of options, as far as they can be told apart. */
export function otherOptions(): ContactCenterError {
  return differs(
    'its domain was last led with other queues, strategies or `revision`, and what was decided is not decided anew: ' +
      'close all nodes that have those, or, where none is left, open one once more and close it',
  );
}

/** The same options, as far as can be told, and other decisions. */
export function otherDecisions(): ContactCenterError {
  return differs('this node decides otherwise than its leader by the same queues; see that both run the same code');
}

/** A snapshot that another version of ours has left. */
export function otherFormat(format: unknown): ContactCenterError {
  return differs(
    `the last snapshot of its domain has format ${JSON.stringify(format) ?? 'unknown'}, which this version does not know: ` +
      'see that all nodes run a version that does',
  );
}

function differs(why: string): ContactCenterError {
  return new ContactCenterError('routing/differs', `unable to take part in routing; ${why}`, { retryable: true });
}
