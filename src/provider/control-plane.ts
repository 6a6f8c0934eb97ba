import type { Observable } from 'rxjs';
import type { Environment } from '../environment/environment';
import type { ContactCenterError } from '../errors';
import type { Live } from '../live';
import type { AgentCommands, AgentPush } from '../protocol/agent-frames';
import type { Tokens } from './token-provider';

/** The way to the vendor's back end. `onescreen/control-plane` has the one that speaks to `onescreen/server`. */
export interface ControlPlane {
  /** Returns at once; connecting goes on behind `state$`. */
  connect(context: ControlPlaneContext): ControlPlaneLink;
}

export interface ControlPlaneContext {
  readonly environment: Environment;
  readonly tokens: Tokens;
}

export interface ControlPlaneLink {
  readonly state$: Live<LinkState>;
  /** In order; a `snapshot` first, and again after every gap. Subscribed once, before anything is awaited. */
  readonly pushes$: Observable<AgentPush>;
  /**
   * Carries out a command once, over reconnects.
   * @throws ContactCenterError with the server's code, or `command/timed-out`, `command/aborted`, `session/closed`
   */
  command<Name extends keyof AgentCommands>(
    name: Name,
    args: AgentCommands[Name]['args'],
    options?: CommandOptions & { readonly commandId?: string },
  ): Promise<AgentCommands[Name]['result']>;
  close(): Promise<void>;
}

/** How the link stands. `offline`: it tries again by itself; `refused`: it does not. `error` says why. */
export interface LinkState {
  readonly status: 'connecting' | 'online' | 'offline' | 'refused';
  readonly error?: ContactCenterError;
}

/** Accepted by every command as its last argument. */
export interface CommandOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the command rejects with `command/timed-out`. Default 30,000. */
  readonly timeoutMs?: number;
}
