import { ContactCenterError } from 'onescreen';
import type { AgentCommands } from '../../protocol/agent-frames';
import type { Agent } from '../agent';
import { isPhoneNumber } from '../call-failure';
import { channelOf, isCallHost, isMeetingHost, type ChannelHost } from '../channel-host';
import type { Consults } from '../consults/consults';
import type { Conversation } from '../conversation';
import type { ResolvedOptions } from '../options';
import { kindsOf } from '../task-board';
import type { LiveTask } from '../task-record';
import { requirePhone } from '../work';
import type { Addition } from './added-channel';

type Wish = AgentCommands['task/escalate']['args'];

/**
 * What an agent's wish to add a channel comes to. Throws `task/wrong-state` while such a channel is open or somebody is
 * being asked, `command/not-allowed` where nothing opens it or the customer has no page, `command/invalid` for an
 * invitation that makes no sense, `agent/unreachable` for a call that would not reach the agent.
 */
export function planAddition(
  { options, consults }: { readonly options: ResolvedOptions; readonly consults: Consults },
  agent: Agent,
  { conversation }: LiveTask,
  { to, invite = 'link' }: Wish,
): Addition {
  const action = 'escalate conversation';
  if (kindsOf(conversation).includes(to)) throw wrongState(action, 'such a channel is open already');
  consults.checkCall(conversation, action, true);
  const host = hostOf(options, to, invite);
  const isCall = isCallHost(host);
  if (invite === 'call' && !isCall) throw invalid('invite', 'only calls can be made to a phone');
  if (invite === 'none' && isCall) throw invalid('invite', 'a call needs the customer');
  const phone = invite === 'call' ? phoneOf(conversation) : undefined;
  if (invite === 'call' && phone === undefined) throw invalid('invite', 'the customer’s number is not known');
  const needsPage = invite === 'link' || !(isCall || isMeetingHost(host));
  if (needsPage && !conversation.hasPage) throw noPage(action);
  if (isCall) requirePhone(agent);
  return { host, channel: to, agent, phone, standing: invite === 'none' };
}

function hostOf(
  { chats, calls, meetings }: ResolvedOptions,
  to: string,
  invite: 'link' | 'call' | 'none',
): ChannelHost {
  const hosts: readonly ChannelHost[] = [...chats, ...calls, ...meetings].filter((one) => channelOf(one) === to);
  const host = hosts.find((one) => invite !== 'call' || !isCallHost(one) || one.dial !== undefined);
  if (host !== undefined) return host;
  throw new ContactCenterError(
    'command/not-allowed',
    'unable to escalate conversation; nothing here opens such channels',
    { reason: 'not-supported' },
  );
}

/** E.164, from the call that the customer made or as the context has it. */
function phoneOf({ customer, context }: Conversation): string | undefined {
  return [customer.providerRefs['phone'], context['phone']].find(
    (phone): phone is string => typeof phone === 'string' && isPhoneNumber(phone),
  );
}

export function noPage(action: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${action}; the customer has no page`, {
    reason: 'no-page',
  });
}

export function wrongState(action: string, why: string): ContactCenterError {
  return new ContactCenterError('task/wrong-state', `unable to ${action}; ${why}`);
}

export function invalid(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to escalate conversation; ${why}`, { field });
}
