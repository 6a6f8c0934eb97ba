/** Why ACS or Teams refuses an application, and what its administrator does about it. */
export interface AccessFailure {
  readonly code: AccessFailureCode;
  /** What is wrong, as a clause: `the token is none of this resource`. */
  readonly message: string;
  readonly remedy: string;
}

export type AccessFailureCode =
  | 'access/bot-misconfigured'
  | 'access/consent-missing'
  | 'access/credential-refused'
  | 'access/federation-off'
  | 'access/licence-missing'
  | 'access/not-enabled'
  | 'access/not-permitted'
  | 'access/speech-not-linked'
  | 'access/tenant-mismatch'
  | 'access/wrong-resource'
  | 'access/wrong-token';

interface Row extends AccessFailure {
  readonly statuses: readonly number[];
  readonly subCodes?: readonly number[];
  /** What the service's words contain when it gives no number. */
  readonly words?: RegExp;
}

/**
 * The first row that fits speaks. Sources: azure-docs, communication-services: troubleshooting codes of Call Automation
 * (`call-automation-sdk.md`) and of calling, and the troubleshooting page of Teams Phone extensibility.
 */
const rows: readonly Row[] = [
  {
    statuses: [403],
    subCodes: [10105],
    code: 'access/bot-misconfigured',
    message: 'the resource account belongs to another bot or to none',
    remedy:
      'Create the resource account with the application id of your Azure Bot (New-CsOnlineApplicationInstance -ApplicationId), switch the bot to its Teams channel, and set -AcsResourceId to this resource.',
  },
  {
    statuses: [403],
    words: /UserLicenseNotPresentForbidden|licen[cs]e/i,
    code: 'access/licence-missing',
    message: 'the user or resource account has no licence for Teams Phone',
    remedy:
      'Give agents Teams Phone with Enterprise Voice, and the resource account a Teams Phone Resource Account licence; it takes effect within hours.',
  },
  {
    statuses: [412],
    subCodes: [41056],
    code: 'access/licence-missing',
    message: 'Enterprise Voice is not enabled for the user',
    remedy: 'Give the agent a Teams Phone licence and enable Enterprise Voice (Set-CsPhoneNumberAssignment).',
  },
  {
    statuses: [403],
    subCodes: [5221, 5222, 5223],
    code: 'access/federation-off',
    message: 'the tenant does not let this ACS resource reach its users',
    remedy:
      'Let the tenant’s administrator add the resource’s immutable id to the ACS federation (Set-CsTeamsAcsFederationConfiguration).',
  },
  {
    statuses: [403],
    subCodes: [7604, 7605],
    code: 'access/federation-off',
    message: 'Teams does not allow this ACS resource to do so',
    remedy:
      'Check the ACS federation of the tenant and whether the resource account is consented to this resource (PUT /access/teamsExtension/tenants/…/assignments/…).',
  },
  {
    statuses: [401, 403],
    subCodes: [7505, 8517],
    code: 'access/tenant-mismatch',
    message: 'the caller’s tenant is not the one that the resource is consented for',
    remedy:
      'Use the tenant id in which resource account and agents live, and consent to them under that tenant (PUT /access/teamsExtension/tenants/{tenantId}/assignments/{objectId}).',
  },
  {
    statuses: [401, 403],
    subCodes: [7507, 7508, 7601, 7602, 7603],
    code: 'access/wrong-resource',
    message: 'the call belongs to another ACS resource than the credential',
    remedy:
      'Use the connection string of the resource whose Event Grid subscription delivers the call, and whose id the resource account carries (-AcsResourceId).',
  },
  {
    statuses: [401, 403],
    subCodes: [7502, 7600],
    code: 'access/not-enabled',
    message: 'the ACS resource is not enabled for this',
    remedy:
      'Check the resource’s state and region in the Azure portal, and that Teams Phone extensibility is set up for it.',
  },
  {
    statuses: [401, 403],
    subCodes: [7510],
    code: 'access/not-permitted',
    message: 'the managed identity may not use the resource',
    remedy: 'Give the identity the role Contributor (or Communication Services Owner) on the ACS resource.',
  },
  {
    statuses: [401, 403],
    subCodes: [7500, 7501, 7506, 7509],
    code: 'access/credential-refused',
    message: 'the credential is not accepted',
    remedy:
      'Check the access key (keys are rotated in pairs), the endpoint, and this machine’s clock, which the signature covers.',
  },
  {
    statuses: [403],
    subCodes: [7606],
    code: 'access/speech-not-linked',
    message: 'the ACS resource may not use the speech service',
    remedy: 'Link an Azure AI services resource to the ACS resource, or play files instead of text.',
  },
  {
    statuses: [400],
    subCodes: [8567, 8568],
    code: 'access/speech-not-linked',
    message: 'the ACS resource has no access to the speech service',
    remedy:
      'Enable the managed identity of the ACS resource and give it the role Cognitive Services User on the Azure AI services resource.',
  },
  {
    statuses: [403],
    subCodes: [40229, 40231],
    code: 'access/wrong-token',
    message: 'the token is of another kind than this endpoint takes',
    remedy: 'Agents need a token exchanged for the scope TeamsExtension.ManageCalls.',
  },
  {
    statuses: [401],
    subCodes: [40235, 44110, 44114],
    code: 'access/wrong-token',
    message: 'the token has expired or has another scope',
    remedy: 'Ask Entra for the scope https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls.',
  },
  {
    statuses: [403],
    subCodes: [7504],
    code: 'access/not-permitted',
    message: 'the application lacks a permission',
    remedy:
      'Check that the resource account is assigned to this resource (GET /access/teamsExtension/tenants/…/assignments/…), and that the tenant has consented to TeamsExtension.ManageCalls.',
  },
  {
    statuses: [403, 404],
    words: /assignment|consent|(?:user|account|principal) is not assigned/i,
    code: 'access/consent-missing',
    message: 'the agent or resource account is not assigned to this ACS resource',
    remedy:
      'Assign it: PUT /access/teamsExtension/tenants/{tenantId}/assignments/{objectId}?api-version=2025-06-30, with principalType user (and clientIds) or teamsResourceAccount.',
  },
  {
    statuses: [401],
    code: 'access/credential-refused',
    message: 'the credential is not accepted',
    remedy: 'Check the access key or identity, the endpoint, and this machine’s clock.',
  },
  {
    statuses: [403],
    code: 'access/not-permitted',
    message: 'it is not permitted',
    remedy:
      'Check the resource account’s assignment to this resource, the tenant’s consent, and the licences of agents and resource account.',
  },
];

/**
 * Explains a refusal by status, the service's own sub code, and its words, any of which may be missing; undefined where
 * it is no matter of access.
 */
export function explainAccessFailure(failure: {
  readonly status: number;
  readonly subCode?: number;
  readonly text?: string;
}): AccessFailure | undefined {
  const { status, subCode, text = '' } = failure;
  const row = rows.find(
    ({ statuses, subCodes, words }) =>
      statuses.includes(status) &&
      (subCodes === undefined || (subCode !== undefined && subCodes.includes(subCode))) &&
      (words === undefined || words.test(text)),
  );
  if (row === undefined) return undefined;
  const { code, message, remedy } = row;
  return { code, message, remedy };
}
