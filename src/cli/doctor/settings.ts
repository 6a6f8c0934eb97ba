/** What the doctor is told. Secrets come from the environment alone: a command line can be read by others. */
export interface DoctorSettings {
  /** Secret. */
  readonly connectionString?: string;
  /** In place of a connection string, with `entraToken`. */
  readonly endpoint?: string;
  /** Secret: an Entra token of the identity that the server runs as, for https://communication.azure.com. */
  readonly entraToken?: string;
  readonly tenantId?: string;
  /** Object id of the resource account. */
  readonly resourceAccount?: string;
  /** Object ids of agents. */
  readonly agents: readonly string[];
  /** Application that agents sign in with. */
  readonly clientId?: string;
  readonly callbackUrl?: string;
  /** Secret. */
  readonly webhookKey?: string;
}

/** Environment variables by setting. */
export const variables = {
  connectionString: 'ACS_CONNECTION_STRING',
  endpoint: 'ACS_ENDPOINT',
  entraToken: 'ACS_ENTRA_TOKEN',
  tenantId: 'TEAMS_TENANT_ID',
  resourceAccount: 'TEAMS_RESOURCE_ACCOUNT',
  agents: 'TEAMS_AGENTS',
  clientId: 'TEAMS_CLIENT_ID',
  callbackUrl: 'CALLBACK_URL',
  webhookKey: 'WEBHOOK_KEY',
} as const;

/** Flags of `onescreen doctor` that stand for a setting. */
export interface DoctorFlags {
  readonly endpoint?: string | undefined;
  readonly tenant?: string | undefined;
  readonly 'resource-account'?: string | undefined;
  readonly agent?: readonly string[] | undefined;
  readonly 'client-id'?: string | undefined;
  readonly 'callback-url'?: string | undefined;
}

/** Flags first, then the environment; what is empty counts as left out. */
export function readSettings(flags: DoctorFlags, env: Readonly<Record<string, string | undefined>>): DoctorSettings {
  const settings = {
    connectionString: env[variables.connectionString],
    endpoint: flags.endpoint ?? env[variables.endpoint],
    entraToken: env[variables.entraToken],
    tenantId: flags.tenant ?? env[variables.tenantId],
    resourceAccount: flags['resource-account'] ?? env[variables.resourceAccount],
    clientId: flags['client-id'] ?? env[variables.clientId],
    callbackUrl: flags['callback-url'] ?? env[variables.callbackUrl],
    webhookKey: env[variables.webhookKey],
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined && value.trim() !== '');
  const agents = flags.agent ?? (env[variables.agents] ?? '').split(/[\s,]+/).filter((id) => id !== '');
  return { ...Object.fromEntries(given), agents };
}
