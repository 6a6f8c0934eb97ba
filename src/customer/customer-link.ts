import { ContactCenterError, type Environment } from 'onescreen';
import { openFrameLink, socketIo, type FrameLink } from 'onescreen/control-plane';
import { Subscription } from 'rxjs';
import type { CustomerCommands, CustomerPush } from '../protocol/customer-frames';

/** A customer's link to one conversation. */
export type CustomerLink = FrameLink<CustomerCommands, CustomerPush>;

export type CustomerSnapshot = Extract<CustomerPush, { readonly type: 'customer-snapshot' }>;

export function openCustomerLink(server: string, resumeToken: string, environment: Environment): CustomerLink {
  return openFrameLink<CustomerCommands, CustomerPush>({
    url: server,
    door: 'customers',
    environment,
    socket: environment.socket ?? socketIo(),
    // A resume token does not change; one that is turned away will not be let in later.
    renewable: false,
    credentials: () => Promise.resolve({ resumeToken }),
    isPush: isCustomerPush,
  });
}

/**
 * Hands the first snapshot to `use` the moment it comes, so that no push after it is missed, and resolves with
 * what that returns.
 * @throws ContactCenterError with the code of the refusal, or `session/closed`
 */
export function withFirstSnapshot<T>(link: CustomerLink, use: (snapshot: CustomerSnapshot) => T): Promise<T> {
  const listening = new Subscription();
  return new Promise<T>((resolve, reject) => {
    listening.add(
      link.pushes$.subscribe((push) => {
        if (push.type !== 'customer-snapshot') return;
        listening.unsubscribe();
        resolve(use(push));
      }),
    );
    listening.add(
      link.state$.subscribe({
        next: ({ error, status }) => {
          if (status === 'refused' && error !== undefined) reject(error);
        },
        complete: () => reject(new ContactCenterError('session/closed', 'unable to resume chat; it was closed')),
      }),
    );
  }).finally(() => listening.unsubscribe());
}

const customerPushTypes: Readonly<Record<CustomerPush['type'], true>> = {
  'customer-snapshot': true,
  'customer-status': true,
  log: true,
  typing: true,
};

function isCustomerPush(frame: unknown): frame is CustomerPush {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return false;
  return typeof frame.type === 'string' && Object.hasOwn(customerPushTypes, frame.type);
}
