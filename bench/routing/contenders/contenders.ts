import type { RoutingStrategy } from 'onescreen/routing';
import type { Contender } from '../matcher';
import { finerFloor, floor } from './floor';
import { jsonLogic } from './json-logic';
import { naive } from './naive';
import { ours } from './ours';

export const contenderNames = ['ours', 'bookkeeping', 'floor', 'finer', 'naive', 'jsonLogic'] as const;

export type ContenderName = (typeof contenderNames)[number];

/** Those who decide by themselves. */
export type MatcherName = Exclude<ContenderName, 'bookkeeping'>;

/** The floors have one policy alone, whatever the strategy. */
export function contender(name: MatcherName, strategy: RoutingStrategy): Contender {
  switch (name) {
    case 'ours':
      return ours(strategy);
    case 'floor':
      return floor;
    case 'finer':
      return finerFloor;
    case 'naive':
      return naive(strategy);
    case 'jsonLogic':
      return naive(strategy, jsonLogic());
  }
}
