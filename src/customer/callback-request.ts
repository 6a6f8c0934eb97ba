import type { CommandOptions } from 'onescreen';
import type { CustomerLink } from './customer-link';

/** What a customer who does not want to wait any longer asks for. */
export interface CallbackRequest {
  /** E.164: `+` and 8 to 15 digits. The server's `allowCallback` decides about numbers that the customer has not called from. */
  readonly phone: string;
  /** Not before then, at most 30 days ahead. Left out: as soon as it is the customer's turn. */
  readonly at?: Date;
}

/** Asks the server for a callback, and resolves with when it is due. Rejects with the server's code. */
export async function requestCallback(
  link: CustomerLink,
  { phone, at }: CallbackRequest,
  options?: CommandOptions,
): Promise<{ readonly dueAt: Date }> {
  const wish = { phone, ...(at !== undefined && { at: at.getTime() }) };
  const { dueAt } = await link.command('callback/request', wish, options);
  return { dueAt: new Date(dueAt) };
}
