export { createRoutingEngine } from './engine';
export type { PendingDecision, RoutingEngine, RoutingOptions } from './engine';
export { routingRules } from './routing-rules';
export type { RoutingRules, RoutingRulesOptions } from './routing-rules';
export { restoreRouting, saveRouting } from './saved';
export type { SavedRouting } from './saved';
export { createRouter } from './router';
export type { ClassificationFailure, Router, RouterOptions, StrategyFailure } from './router';
export { localRouting } from './local-routing';
export type { RoutingNode, RoutingView } from './routing-node';
export type { QueuePolicy } from './queue-policy';
export type { RoutingCommand, WorkerChange } from './commands';
export type { RevokeReason, RoutingEvent, UnavailableReason } from './events';
export type { Worker, WorkerChannel, WorkerSnapshot, WorkerSpec, WorkerState } from './worker';
export type {
  NextTask,
  OfferSnapshot,
  QueuePosition,
  RoutableTask,
  RoutingTaskStatus,
  TaskFacts,
  TaskSnapshot,
  TaskSpec,
} from './task';
export type { QueueSnapshot } from './snapshots';
export type { Rejection, TaskExplanation, WorkerVerdict } from './explanation';
export type { CapacityLimit } from './capacity';
export type { RankInput, Ranked, Refusal, RoutingHistory, RoutingStrategy } from './strategy';
export { longestIdle } from './strategies/longest-idle';
export { leastFlexible } from './strategies/least-flexible';
export { leastLoaded } from './strategies/least-loaded';
export { roundRobin } from './strategies/round-robin';
export { bestMatch, matchScore } from './strategies/best-match';
export type { BestMatchOptions } from './strategies/best-match';
export { preferAgent } from './strategies/prefer-agent';
export type { PreferAgentOptions } from './strategies/prefer-agent';
export { relaxAfter } from './strategies/relax-after';
export type { RelaxAfterOptions } from './strategies/relax-after';
export { overflowTo } from './strategies/overflow-to';
export type { OverflowOptions } from './strategies/overflow-to';
export { weighted } from './strategies/weighted';
export type { WeightedPart } from './strategies/weighted';
export { fallback } from './strategies/fallback';
export type { FallbackOptions } from './strategies/fallback';
export { remote } from './strategies/remote';
export type { RemoteOptions } from './strategies/remote';
export type { ExceptionAction, ExceptionRule, ExceptionTrigger } from './exceptions';
export type { OpeningHours } from './opening-hours';
export type { ClassifiableTask, Classification, ClassificationPolicy, PendingClassification } from './classification';
export { satisfies, skill } from './selectors';
