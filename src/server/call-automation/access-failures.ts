/** Why a service refuses whom it does not know or has not been told to trust. */
export type AccessFailureName =
  | 'agent-not-assigned'
  | 'bot'
  | 'enterprise-voice'
  | 'federation'
  | 'key'
  | 'licence'
  | 'managed-identity'
  | 'other-resource'
  | 'permissions'
  | 'resource-account-id'
  | 'scope'
  | 'tenant'
  | 'token'
  | 'unassigned';

/** What a refusal means, and who mends it how. */
export interface AccessFailure {
  readonly name: AccessFailureName;
  /** One clause, such as `the access key is not this resource's`. */
  readonly cause: string;
  /** What an administrator does about it. */
  readonly remedy: string;
}

/** An answer of the service, or an event's result: what is known of it. */
export interface RefusedAnswer {
  /** HTTP status, or the `code` of an event's result. */
  readonly status: number;
  /** `error.code` of the body, such as `Forbidden` or `7504`. */
  readonly code?: string;
  readonly subCode?: number;
  readonly message?: string;
}

interface Row extends AccessFailure {
  readonly status: number;
  /** Sub-codes, by number or as `error.code`. Left out with `says`: any. */
  readonly subCodes?: readonly number[];
  /** What code or message contain. */
  readonly says?: RegExp;
}

/**
 * Refusals that somebody with rights in a tenant must mend, the most telling first.
 * Source: Microsoft's Call Automation error codes, Teams Phone extensibility's troubleshooting, provisioning and
 * consent articles, and the calling error codes. None was seen on a live tenant.
 */
const rows: readonly Row[] = [
  {
    name: 'licence',
    status: 403,
    says: /UserLicenseNotPresent/i,
    cause: 'the user has no Teams licence',
    remedy: 'assign the user a Teams licence with Teams Phone, and enable Enterprise Voice',
  },
  {
    name: 'bot',
    status: 403,
    subCodes: [10105],
    cause: 'the resource account belongs to another bot, or the bot has no Teams channel',
    remedy:
      'compare Get-CsOnlineApplicationInstance with the bot: ApplicationId must be its app id, AcsResourceId this resource; then Sync-CsOnlineApplicationInstance',
  },
  {
    name: 'federation',
    status: 403,
    subCodes: [5221, 5222, 5223],
    cause: "the tenant does not let this resource's users call into Teams",
    remedy:
      'run Set-CsTeamsAcsFederationConfiguration -EnableAcsUsers $True -AllowedAcsResources with this resource, and Set-CsExternalAccessPolicy -EnableAcsFederationAccess $true',
  },
  {
    name: 'other-resource',
    status: 403,
    subCodes: [7507],
    cause: 'the call belongs to another resource than the one that answers it',
    remedy: 'use the connection string of the resource whose events the Event Grid subscription delivers',
  },
  {
    name: 'tenant',
    status: 403,
    subCodes: [7505],
    cause: 'the resource account is in another tenant than the one that gave consent',
    remedy: 'give server consent for the tenant that the resource account is in',
  },
  {
    name: 'unassigned',
    status: 403,
    subCodes: [7502, 7504],
    cause: 'the resource may not act for this resource account',
    remedy:
      "give server consent: PUT /access/teamsExtension/tenants/{tenant}/assignments/{resource account's object id} with principalType teamsResourceAccount; the service's message names what is lacking",
  },
  {
    name: 'key',
    status: 401,
    subCodes: [7509],
    cause: 'the signature is not accepted',
    remedy: "take the connection string anew from the resource's keys; set the machine's clock",
  },
  {
    name: 'managed-identity',
    status: 401,
    subCodes: [7500, 7510],
    cause: 'the managed identity is not accepted',
    remedy: 'give the identity a role on the Communication Services resource, such as Contributor',
  },
  {
    name: 'scope',
    status: 401,
    subCodes: [44114],
    cause: 'the Entra token has another scope',
    remedy: 'ask for https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls and for no other resource',
  },
  {
    name: 'enterprise-voice',
    status: 412,
    subCodes: [41056],
    cause: 'Enterprise Voice is off for the user',
    remedy: 'assign a Teams Phone licence and run Set-CsPhoneNumberAssignment -EnterpriseVoiceEnabled $true',
  },
  {
    name: 'resource-account-id',
    status: 422,
    cause: 'what stands for the resource account is no object id',
    remedy: "use the resource account's object id, never its phone number",
  },
  {
    name: 'token',
    status: 401,
    says: /token/i,
    cause: 'the token is not valid, or no longer',
    remedy: 'get a new token for this audience; rotating an access key ends all tokens',
  },
];

/** What else a status means, by what was being done. */
const otherwise = {
  key: {
    name: 'key',
    cause: "the signature is not accepted: another resource's key, a rotated one, or a clock that is wrong",
    remedy: "take the connection string anew from the resource's keys; set the machine's clock",
  },
  identity: {
    name: 'managed-identity',
    cause: 'the identity behind this token has no role on the resource',
    remedy: 'give the identity a role on the Communication Services resource, such as Contributor, and wait minutes',
  },
  exchange: {
    name: 'agent-not-assigned',
    cause: 'the agent is not assigned to the resource, or the app has no consent',
    remedy:
      "PUT /access/teamsExtension/tenants/{tenant}/assignments/{agent's object id} with principalType user and clientIds of the app; grant admin consent for TeamsExtension.ManageCalls",
  },
  unknown: {
    name: 'permissions',
    cause: 'the service refuses access and does not say why',
    remedy: 'check server consent for the resource account, the role of the identity, and the bot',
  },
} as const satisfies Readonly<Record<string, AccessFailure>>;

/**
 * Explains a 401, 403, 412 or 422 of Azure Communication Services. `doing` tells what was asked: a request signed with the
 * access `key`, one with a managed `identity`, or an agent's token `exchange`. Gives `undefined` for what is no matter of access.
 */
export function explainAccessFailure(
  answer: RefusedAnswer,
  doing?: 'key' | 'identity' | 'exchange',
): AccessFailure | undefined {
  const row = rows.find((one) => matches(one, answer));
  if (row !== undefined) return { name: row.name, cause: row.cause, remedy: row.remedy };
  if (answer.status === 401) return doing === 'identity' ? otherwise.identity : otherwise.key;
  if (answer.status !== 403) return undefined;
  return doing === 'exchange' ? otherwise.exchange : doing === 'identity' ? otherwise.identity : otherwise.unknown;
}

function matches({ status, subCodes, says }: Row, answer: RefusedAnswer): boolean {
  if (status !== answer.status) return false;
  const { code = '', subCode, message = '' } = answer;
  if (subCodes !== undefined) return subCodes.some((one) => one === subCode || String(one) === code);
  return says === undefined || says.test(code) || says.test(message);
}
