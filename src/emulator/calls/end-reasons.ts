import type { EndFrame } from './frames';

/** Why calls end and what is refused. Source: azure-docs, communication-services/resources/troubleshooting/voice-video-calling. */
export const ends = {
  hungUpHere: { code: 0, subCode: 0, message: 'Hung up.' },
  hungUpThere: { code: 0, subCode: 7000, message: 'The other side hung up.' },
  removedByParticipant: { code: 0, subCode: 5300, message: 'Removed by another participant.' },
  removedByServer: { code: 0, subCode: 5000, message: 'Removed from the call.' },
  endedForEveryone: { code: 0, subCode: 5003, message: 'The call was ended for everyone.' },
  vanished: { code: 0, subCode: 4521, message: 'The participant vanished.' },
  /** A phone that was called hung up. */
  calledPhoneHungUp: { code: 0, subCode: 560000, message: 'The phone hung up.' },
  /** A phone that had called hung up. */
  callingPhoneHungUp: { code: 0, subCode: 540000, message: 'The phone hung up.' },
  /** Out of this call because of a transfer that has succeeded. */
  transferred: { code: 0, subCode: 7015, message: 'The call was transferred.' },
  movedAway: { code: 0, subCode: 0, message: 'Moved to another call.' },
  redirected: { code: 0, subCode: 0, message: 'Redirected.' },
  callerCancelled: { code: 487, subCode: 0, message: 'The caller gave up.' },
  acceptedElsewhere: { code: 487, subCode: 10003, message: 'Accepted on another endpoint.' },
  noEndpointAccepted: { code: 487, subCode: 10004, message: 'No endpoint accepted in time.' },
  declinedElsewhere: { code: 487, subCode: 10024, message: 'Declined on another endpoint.' },
  declined: { code: 603, subCode: 0, message: 'Declined.' },
  inviteCancelled: { code: 487, subCode: 5234, message: 'The invitation was cancelled.' },
  notRegistered: { code: 480, subCode: 10037, message: 'The callee has no registered endpoint.' },
  /** What a call to a Teams Phone extension agent ends with whose endpoint has another kind of token. */
  setupUnfinished: { code: 408, subCode: 10057, message: 'The callee did not finish the set-up.' },
  phoneBusy: { code: 486, subCode: 560486, message: 'The phone is busy.' },
  phoneDeclined: { code: 603, subCode: 560603, message: 'The phone declined.' },
  phoneNoAnswer: { code: 408, subCode: 560408, message: 'The phone did not answer.' },
  phoneUnknown: { code: 404, subCode: 560404, message: 'The number is not assigned.' },
  callerIdMissing: { code: 403, subCode: 510403, message: 'There is no number to call from.' },
  noServer: { code: 403, subCode: 10105, message: 'Nobody answers for this resource account.' },
  wrongOnBehalfOf: { code: 422, subCode: 0, message: 'Invalid CommunicationUser identifier.' },
  tokenExpired: { code: 495, subCode: 4507, message: 'The token is not valid.' },
  registrationRefused: { code: 401, subCode: 40235, message: 'The token is not valid or has expired.' },
  scopeMissing: { code: 401, subCode: 44114, message: 'The token does not have the scope voip.' },
  needsAcsToken: { code: 403, subCode: 40229, message: 'CallAgent must be created only with ACS token' },
  needsTeamsToken: { code: 403, subCode: 40231, message: 'TeamsCallAgent must be created only with Teams token' },
  displayNameRefused: { code: 400, subCode: 44214, message: 'Teams users cannot set a display name.' },
  registeredAlready: { code: 409, subCode: 40228, message: 'This page has a call agent.' },
  notRegisteredHere: { code: 400, subCode: 0, message: 'This page has not registered.' },
  acceptTooLate: { code: 400, subCode: 41006, message: 'It does not ring any more.' },
  rejectTooLate: { code: 400, subCode: 41007, message: 'It does not ring any more.' },
  muteFailed: { code: 400, subCode: 41015, message: 'There is no such call.' },
  unmuteFailed: { code: 400, subCode: 41016, message: 'There is no such call.' },
  holdFailed: { code: 400, subCode: 41033, message: 'There is no such call.' },
  resumeFailed: { code: 400, subCode: 41034, message: 'There is no such call.' },
  callGone: { code: 404, subCode: 8522, message: 'Call not found.' },
  wrongState: { code: 400, subCode: 8501, message: 'The call does not allow this now.' },
  onlyOneToOne: { code: 400, subCode: 8501, message: 'Only one-to-one calls allow this.' },
  onlyInGroup: { code: 400, subCode: 8501, message: 'Only group calls allow this.' },
  emergencyCall: { code: 400, subCode: 8501, message: 'An emergency call does not allow this.' },
  invalid: { code: 400, subCode: 8523, message: 'The request is not valid.' },
  rejectedAsBusy: { code: 486, subCode: 0, message: 'Busy.' },
  rejectedAsForbidden: { code: 403, subCode: 0, message: 'Forbidden.' },
  transferConflict: { code: 409, subCode: 8607, message: 'The participant is being transferred.' },
  duplicateRecording: { code: 400, subCode: 8553, message: 'The call is being recorded.' },
  noRecording: { code: 400, subCode: 8501, message: 'The call is not being recorded.' },
  recordingState: { code: 400, subCode: 8573, message: 'The recording does not allow this now.' },
  inCallAlready: { code: 409, subCode: 8519, message: 'The participant is in the call.' },
  onlyVoip: { code: 405, subCode: 8520, message: 'Phones cannot be muted.' },
  /** Ended for everybody by the organizer. Documented: 4097. */
  meetingEnded: { code: 0, subCode: 4097, message: 'The organizer ended the meeting for everybody.' },
  /** Turned away from the lobby. Source: communication-ui-library knows 5854 as denied access to a Teams meeting; the code is chosen. */
  lobbyDenied: { code: 0, subCode: 5854, message: 'The organizers did not let you in.' },
  /** Source: microsoft-graph-docs, call-delete.md, has 200/5855; that the calling service says 0 for 200, as elsewhere, is inferred. */
  lobbyTimeout: { code: 0, subCode: 5855, message: 'Nobody let you in in time.' },
  /** Source: communication-ui-library knows 5751 as an invalid meeting identifier; the code is chosen. */
  meetingUnknown: { code: 404, subCode: 5751, message: 'There is no such meeting.' },
  /** As of a wrong identifier; the code is chosen. */
  wrongPasscode: { code: 403, subCode: 5751, message: 'The passcode is not right.' },
  /** The meeting was over before the join. Chosen; what the service says is not documented. */
  meetingOver: { code: 404, subCode: 4097, message: 'The meeting is over.' },
  /** End-to-end encryption, webinars, town halls, live events, meetings of consumers. Chosen; not documented. */
  notJoinable: { code: 403, subCode: 5830, message: 'This kind of meeting cannot be joined from here.' },
  /** Somebody with the same identity has joined, who takes this place. Chosen; not documented. */
  joinedElsewhere: { code: 0, subCode: 10003, message: 'Joined from another place.' },
  /** Refusals in meetings; the codes are chosen. */
  consentRequired: { code: 403, subCode: 8501, message: 'Explicit consent to being recorded is required.' },
  notCapable: { code: 403, subCode: 8502, message: 'The role or a policy of the meeting does not allow this.' },
  onlyInMeeting: { code: 400, subCode: 8501, message: 'Only meetings allow this.' },
  notInLobby: { code: 404, subCode: 8522, message: 'Nobody of that name waits in the lobby.' },
  noMedia: { code: 503, subCode: 0, message: 'The emulator carries no media.' },
} as const satisfies Readonly<Record<string, EndFrame>>;

/** Something asked that is not done, and why. */
export class CallRefusal extends Error {
  readonly end: EndFrame;

  constructor(end: EndFrame) {
    super(end.message ?? `${end.code}/${end.subCode}`);
    this.end = end;
  }
}
