import type { CallOutcome, ErrorCode } from 'onescreen';

/** What a pair of codes of the calling service means. Left out: any value. */
export interface EndCode {
  readonly code?: number;
  readonly subCode?: number;
  readonly outcome: CallOutcome;
  readonly error: ErrorCode;
  readonly retryable: boolean;
  /** For people: what happened and what helps. */
  readonly message: string;
  /** Who ended it or speaks: this side, the service, the telephone network, Teams Phone extensibility. */
  readonly source: 'local' | 'acs' | 'pstn' | 'tpe';
}

type Meaning = Omit<EndCode, 'code' | 'subCode'>;
type Pair = readonly [code: number | undefined, subCode?: number];

const ended = (message: string, source: EndCode['source']): Meaning => ({
  ...{ outcome: 'completed', error: 'call/ended', retryable: false, message, source },
});
const failed = (error: ErrorCode, retryable: boolean, message: string, source: EndCode['source'] = 'acs'): Meaning => ({
  ...{ outcome: 'failed', error, retryable, message, source },
});

const endedHere = ended('hung up on this side', 'local');
const endedRemotely = ended('the call was ended elsewhere', 'acs');
const endedByPhone = ended('the other side hung up', 'pstn');
const removed: Meaning = {
  ...{ outcome: 'removed', error: 'call/removed', retryable: false, source: 'acs' },
  message: 'somebody in the call removed this side',
};
const abandoned: Meaning = {
  ...{ outcome: 'abandoned', error: 'call/abandoned', retryable: false, source: 'acs' },
  message: 'the other side vanished, such as by closing its page',
};
const cancelled = (source: EndCode['source']): Meaning => ({
  ...{ outcome: 'cancelled', error: 'call/cancelled', retryable: false, source },
  message: 'the caller gave up before it was answered',
});
const acceptedElsewhere: Meaning = {
  ...{ outcome: 'accepted-elsewhere', error: 'call/accepted-elsewhere', retryable: false, source: 'acs' },
  message: 'answered on another device or page of the same person',
};
const noAnswer = (source: EndCode['source']): Meaning => ({
  ...{ outcome: 'no-answer', error: 'call/no-answer', retryable: true, source },
  message: 'nobody answered in time',
});
const declined = (source: EndCode['source'], message = 'the other side declined'): Meaning => ({
  ...{ outcome: 'declined', error: 'call/declined', retryable: false, source, message },
});
const busy: Meaning = {
  ...{ outcome: 'busy', error: 'call/busy', retryable: true, source: 'pstn' },
  message: 'the number is busy; try again later',
};
const unreachable = failed(
  'call/unreachable',
  true,
  'no page or device of the other side is registered; it has to sign in anew',
);
const setupUnfinished = failed(
  'call/unreachable',
  true,
  'the other side did not finish the set-up; in Teams Phone extensibility it usually holds a Teams token where an agent token of the extension is needed',
  'tpe',
);
const badDestination = failed(
  'call/bad-destination',
  false,
  'the number does not exist or is not complete; check it',
  'pstn',
);
const forbidden = failed(
  'call/forbidden',
  false,
  'the telephone network forbids it: the number is blocked, or the caller id is missing; an administrator has to check the number',
  'pstn',
);
const botConfig = failed(
  'call/config-bot',
  false,
  'the resource account belongs to another bot; an administrator has to give it the application id of this solution',
  'tpe',
);
const federationConfig = failed(
  'call/config-federation',
  false,
  'Teams does not let this resource call in; an administrator has to allow it with Set-CsTeamsAcsFederationConfiguration and Set-CsExternalAccessPolicy',
);
const network = failed('call/network', true, 'the network failed; check the connection');
const mediaNetwork = failed('call/network', true, 'the media found no way or was lost; check the connection');
const firewall = failed(
  'call/network',
  true,
  'the media found no way; the firewall has to let UDP 3478-3481 and TCP 443 through',
);
const mediaLost = failed('call/network', true, 'the media was lost; get back into the call');
const tokenRefused = failed('agent/token-refused', true, 'the token is not valid any more; it is renewed by itself');
const tokenScope = failed(
  'agent/token-scope',
  false,
  'the token lacks the right to call; the back end has to ask for it with the scope for calling',
);
const service = failed('call/service', true, 'the calling service failed; try again in a while');
const carrier = failed('call/service', true, 'the telephone network failed; try again in a while', 'pstn');
const voiceLicence = failed(
  'call/config-license',
  false,
  'Enterprise Voice is not enabled for this person; an administrator has to assign a Teams Phone licence',
  'tpe',
);
const duplicate = failed(
  'agent/duplicate',
  false,
  'this page has an agent of the same identity already; that one is to be used',
);
const mismatch = failed(
  'agent/identity-mismatch',
  false,
  'the token is of another kind of identity than the provider is set up for',
);
const agentConfig = failed('agent/config', false, 'a display name cannot be given for a Teams user');
const insecurePage = failed(
  'agent/insecure-page',
  false,
  'the calling package works only on pages opened over https, or from localhost by this name',
  'local',
);
const agentUnavailable = failed(
  'agent/unavailable',
  true,
  'the calling service did not register this page; it is tried again',
);
const gone: Meaning = {
  ...{ outcome: 'cancelled', error: 'call/gone', retryable: false, source: 'local' },
  message: 'it rings no more',
};
const commandFailed = (what: string) =>
  failed('call/command-failed', true, `${what} did not work; look at the call and try again`, 'local');

/** Rows of the same meaning. Source: azure-docs, communication-services/resources/troubleshooting/voice-video-calling, and the Teams Phone extensibility troubleshooting guide. */
const meanings: readonly (readonly [meaning: Meaning, ...pairs: Pair[]])[] = [
  [endedHere, [0, 0]],
  [removed, [0, 5000], [0, 5300]],
  [endedRemotely, [0, 5003], [0, 4097], [0, 7000]],
  [abandoned, [0, 4521]],
  [endedByPhone, [0, 560000], [0, 540000]],
  [cancelled('acs'), [487, 0]],
  [cancelled('pstn'), [487, 540487], [497, 560487]],
  [acceptedElsewhere, [487, 10003]],
  [noAnswer('acs'), [487, 10004]],
  [declined('acs'), [487, 10024], [603, 0]],
  [
    declined('pstn', 'declined; also said of suspected fraud or too many calls at once: check the limits'),
    [603, 560603],
  ],
  [unreachable, [480], [480, 10037]],
  [setupUnfinished, [408, 10057]],
  [noAnswer('pstn'), [408, 560408], [480, 560480]],
  [busy, [486, 560486], [486, 540486]],
  [badDestination, [404, 560404], [484, 560484], [404, 511404]],
  [forbidden, [403, 560403], [403, 510403]],
  [botConfig, [403, 10105]],
  [federationConfig, [403, 5223], [403, 5221], [403, 5222]],
  [mediaNetwork, [410, 3100], [410, 3101], [410, 531004]],
  [firewall, [410, 3112]],
  [mediaLost, [410, 301005]],
  [network, [430], [481], [490], [491], [496], [497], [498]],
  [tokenRefused, [495, 4507], [401, 40235], [401, 44110]],
  [tokenScope, [401, 44114]],
  [service, [500], [503], [504]],
  [carrier, [undefined, 560500], [undefined, 560503]],
  [voiceLicence, [412, 41056]],
  [duplicate, [409, 40228], [409, 40230]],
  [mismatch, [403, 40229], [403, 40231]],
  [agentConfig, [400, 44214]],
  [insecurePage, [400, 40100]],
  [agentUnavailable, [408, 40104], [408, 40114], [412, 40115], [500, 40216], [500, 40102]],
  [gone, [400, 41006], [400, 41007]],
  [
    failed(
      'device/permission-denied',
      false,
      'the browser does not let this page use the microphone; allow it beside the address',
      'local',
    ),
    [400, 40613],
  ],
  [
    failed(
      'device/speakers-not-listed',
      false,
      'this browser does not list speakers; choose one in the system',
      'local',
    ),
    [405, 40606],
  ],
  [commandFailed('muting or unmuting'), [undefined, 41015], [undefined, 41016]],
  [commandFailed('holding or resuming'), [undefined, 41033], [undefined, 41034]],
];

/** What is known of the codes with which calls end and commands fail, one row a pair. */
export const endCodes: readonly EndCode[] = meanings.flatMap(([meaning, ...pairs]) =>
  pairs.map(([code, subCode]) => ({
    ...(code !== undefined && { code }),
    ...(subCode !== undefined && { subCode }),
    ...meaning,
  })),
);

const byPair = new Map(endCodes.map((row) => [keyOf(row.code, row.subCode), row]));

const unknown: Meaning = failed('call/unknown', false, 'the service gave a reason that is not known');

/** The row for a pair of codes: an exact one, else one for any value of either, else what the rules say, else `call/unknown`. */
export function findEndCode(code: number | undefined, subCode: number | undefined): EndCode {
  return (
    byPair.get(keyOf(code, subCode)) ??
    byPair.get(keyOf(undefined, subCode)) ??
    byPair.get(keyOf(code, undefined)) ??
    ofPhoneNetwork(subCode) ??
    ofCamera(subCode) ??
    unknown
  );
}

/** 560xxx: the final answer of the operator or border controller to a call out, 540xxx: of a call in; xxx is SIP's. */
function ofPhoneNetwork(subCode: number | undefined): EndCode | undefined {
  if (subCode === undefined || ![540, 560].includes(Math.floor(subCode / 1000))) return undefined;
  const sip = subCode % 1000;
  if (sip === 0) return endedByPhone;
  if (sip === 408 || sip === 480) return noAnswer('pstn');
  if (sip === 486 || sip === 600) return busy;
  if (sip === 487) return cancelled('pstn');
  if (sip === 603) return declined('pstn');
  if (sip === 404 || sip === 410 || sip === 484 || sip === 604) return badDestination;
  if (sip === 401 || sip === 403 || sip === 407) return forbidden;
  if (sip >= 500 && sip < 600) return carrier;
  return failed('call/phone-network', false, `the telephone network ended it with ${sip}`, 'pstn');
}

function ofCamera(subCode: number | undefined): EndCode | undefined {
  if (subCode === undefined || Math.floor(subCode / 1000) !== 43) return undefined;
  return failed('device/camera', false, 'the camera cannot be used; see whether another program has it', 'local');
}

function keyOf(code: number | undefined, subCode: number | undefined): string {
  return `${code ?? '*'}/${subCode ?? '*'}`;
}
