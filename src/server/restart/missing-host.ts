import { ContactCenterError } from 'onescreen';
import type { ChatHost } from '../chat-host';

/** Stands for a host that the log names and this server was not given: whatever it served is lost. */
export function missingHost(name: string, channel: string): ChatHost {
  const missing = () =>
    Promise.reject(
      new ContactCenterError('channel/unavailable', `unable to use channel; there is no host "${name}" any more`),
    );
  const nothing = () => Promise.resolve();
  return { name, channel, inLog: false, open: missing, join: missing, leave: nothing, close: nothing };
}
