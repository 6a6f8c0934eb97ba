import type { JoinedMeeting, JoinedState } from './joined-meeting';
import type { MeetingReports } from './meeting-reports';

/** Tells the control plane what becomes of this side's time in a meeting. `isSilent`: its end is not told. */
export function tellOfMeeting(
  meeting: JoinedMeeting,
  reports: MeetingReports,
  refOf: () => string | undefined,
  isSilent: () => boolean,
): void {
  let before: JoinedState | undefined;
  let wasIn = false;
  const people = meeting.people$.subscribe((now) => {
    if (wasIn) reports.others(now);
  });
  meeting.state$.subscribe({
    next(state) {
      const { status, consent, sharing } = state;
      const isIn = status === 'connected' || status === 'held';
      if (status === 'lobby' && before?.status !== 'lobby') reports.self('waiting', refOf());
      if (isIn && !wasIn) {
        wasIn = true;
        reports.self('joined', refOf());
        reports.others(meeting.people$.value);
      }
      if (isIn && consent !== (before?.consent ?? 'not-needed') && consent !== 'not-needed') {
        reports.self(consent === 'required' ? 'consent-required' : 'consent-granted', refOf());
      }
      if (sharing !== (before?.sharing ?? false))
        reports.self(sharing ? 'sharing-started' : 'sharing-stopped', refOf());
      before = state;
    },
    complete() {
      people.unsubscribe();
      reports.forgetOthers();
      const outcome = meeting.state$.value.end?.outcome;
      if (outcome === undefined || isSilent()) return;
      if (outcome === 'meeting-ended') reports.over();
      else reports.self(outcome, refOf());
    },
  });
}
