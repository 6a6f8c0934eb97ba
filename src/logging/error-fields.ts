import type { LogFields } from 'onescreen';
import { redacted } from './redacted';

/** Most causes of causes that are named. */
const mostCauses = 5;

/**
 * What may be logged of an error: its name and codes, never its message, which may quote what was sent. `cause` has the
 * same of its causes, such as `RestError:403/TypeError`.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const status = read(error, 'statusCode') ?? read(error, 'status');
  const found = {
    error: redacted('error', error.name),
    code: codeOf(error),
    status: typeof status === 'number' ? redacted('status', status) : undefined,
    correlationId: redacted('correlationId', read(error, 'correlationId')),
    ...providerFields(read(error, 'provider')),
    cause: causesOf(error),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function causesOf(error: Error): string | undefined {
  const causes: string[] = [];
  for (let at = error.cause; at instanceof Error && causes.length < mostCauses; at = at.cause) {
    const parts = [redacted('error', at.name), codeOf(at)];
    causes.push(parts.filter((part) => part !== undefined).join(':'));
  }
  return causes.length === 0 ? undefined : causes.join('/');
}

function codeOf(error: object): string | undefined {
  const code = read(error, 'code');
  if (typeof code !== 'string' && typeof code !== 'number') return undefined;
  return String(redacted('code', code));
}

/** What the provider's own software said. */
function providerFields(fault: unknown): LogFields {
  if (typeof fault !== 'object' || fault === null) return {};
  return {
    provider: redacted('provider', read(fault, 'name')),
    providerCode: redacted('code', read(fault, 'code')),
    providerSubCode: redacted('code', read(fault, 'subCode')),
  };
}

function read(value: object, key: string): unknown {
  return Reflect.get(value, key);
}
