import type { Live } from '../live';
import type { ConsultRecord, Target, TaskRecord } from '../protocol/log-entry';
import type { Can } from './capability';
import type { ChannelStanding } from './channel-standing';
import type { Consult, ConsultTarget } from './consult';
import type { CommandOptions, ControlPlaneLink } from './control-plane';
import type { VoiceChannel } from './voice-channel';

/** For every action whether it is possible now. */
export type Controls = Readonly<Record<string, Can>>;

/** What the controls of a task depend on beside the task itself. */
export interface Circumstances {
  readonly online: boolean;
  /** Of all channels of the conversation, those opened last at the end. */
  readonly standings: readonly ChannelStanding[];
  /** All that was said of consults in the conversation. */
  readonly told: readonly ConsultRecord[];
  /** A channel of the conversation is open, with this agent in it or without. */
  readonly goesOn: boolean;
  /** Kinds of channels that can be added; true: there is capacity for one. */
  readonly addable: Readonly<Record<string, boolean>>;
}

/** What can be done with a task because it may have a call. */
export interface CallTask {
  consult(
    to: ConsultTarget,
    options?: { readonly note?: string; readonly merge?: boolean } & CommandOptions,
  ): Promise<Consult>;
  readonly consults$: Live<readonly Consult[]>;
  park(options?: { readonly note?: string } & CommandOptions): Promise<void>;
  callBack(
    options?: {
      readonly phone?: string;
      readonly at?: Date;
      readonly queueId?: string;
      readonly note?: string;
    } & CommandOptions,
  ): Promise<void>;
  /** Gives the customer to somebody else by this desk's phone; undefined where the control plane is to do it. */
  transfer(to: Target, options: CommandOptions): Promise<void> | undefined;
}

/** What it needs of the task. */
export interface CallTaskHost {
  readonly record$: Live<TaskRecord>;
  /** By id: all consults of the conversation. */
  readonly consults$: Live<ReadonlyMap<string, ConsultRecord>>;
  readonly call: () => VoiceChannel | undefined;
  readonly command: ControlPlaneLink['command'];
  /** @throws ContactCenterError `command/not-allowed` where the task's controls say so */
  readonly demand: (action: string, what: string) => void;
}
