import type { CallContenderName } from '../job';
import type { CallContender } from './call-contender';
import { communicationReact } from './communication-react';
import { floor } from './floor';
import { ours, oursAsArrays } from './ours';

export const callContenders: Readonly<
  Record<CallContenderName, (participants: number) => CallContender | Promise<CallContender>>
> = {
  ours,
  oursAsArrays,
  floor,
  communicationReact,
};
