import { MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { Readiness } from 'onescreen';
import { useAgent, useReadiness } from 'onescreen/react';
import { sentence } from './call-words';
import { MendButton } from './mend-button';
import { useAlarm } from './use-alarm';
import { useLasting } from './use-lasting';

/** What passes by itself while a page starts is not worth a word, in milliseconds. */
const startingMs = 2_000;
const passing = ['no-leader', 'registering', 'not-registered'];
/** Said elsewhere: by the session's banner and by the availability. */
const saidElsewhere = ['session', 'available'];

/** What keeps calls from the agent and what mends it; an alarm when that begins while the agent waits for work. */
export function ReadinessBanner() {
  const alarmed = useAlarm();
  const signedIn = useAgent() !== undefined;
  const problems = problemsOf(useReadiness());
  const starting = useLasting(
    problems.some(({ reason }) => passing.includes(reason)),
    startingMs,
  );
  const shown = problems.filter(({ term, reason }) => {
    if (!signedIn || saidElsewhere.includes(term)) return false;
    return starting || alarmed || !passing.includes(reason);
  });
  const nothing = problems.some(({ term }) => term === 'session');
  return (
    <section aria-label="Readiness">
      <div role="alert" aria-label="Alarm">
        {alarmed && (
          <MessageBar intent="error" shape="square">
            <MessageBarBody>
              <MessageBarTitle>{nothing ? 'Work cannot reach you' : 'Calls cannot reach you'}</MessageBarTitle>
              You are available, but something has come in between.
            </MessageBarBody>
          </MessageBar>
        )}
      </div>
      <div role="status" aria-label="What keeps calls away">
        {shown.map(({ term, reason, message }) => (
          <MessageBar key={term} intent="warning" shape="square">
            <MessageBarBody>{sentence(message)}</MessageBarBody>
            <MessageBarActions>
              <MendButton reason={reason} />
            </MessageBarActions>
          </MessageBar>
        ))}
      </div>
    </section>
  );
}

interface Problem {
  readonly term: string;
  readonly reason: string;
  readonly message: string;
}

function problemsOf({ terms }: Readiness): readonly Problem[] {
  return Object.entries(terms).flatMap(([term, check]) =>
    check.ok ? [] : [{ term, reason: check.reason, message: check.message }],
  );
}
