import { ContactCenterError } from 'onescreen';
import type { AgentCommands } from '../protocol/agent-frames';
import type { Agent } from './agent';

type Args<Name extends keyof AgentCommands> = AgentCommands[Name]['args'];

/** Agents who bring somebody else in: consult, transfer and conference. */
export class Consults {
  async transfer(_agent: Agent, _args: Args<'task/transfer'>): Promise<AgentCommands['task/transfer']['result']> {
    throw notYet();
  }

  async start(_agent: Agent, _args: Args<'consult/start'>): Promise<AgentCommands['consult/start']['result']> {
    throw notYet();
  }

  async act(_agent: Agent, _args: Args<'consult/act'>): Promise<void> {
    throw notYet();
  }
}

function notYet(): ContactCenterError {
  return new ContactCenterError('command/not-allowed', 'unable to consult; the server cannot do this');
}
