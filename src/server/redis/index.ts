export { joinCluster } from './cluster-node';
export type { ClusterNode, ClusterNodeOptions, LeaderHandler } from './cluster-node';
export { startClusterNode } from './start-cluster-node';
export type { RunningClusterNode, StartClusterNodeOptions } from './start-cluster-node';
export { redisStore } from './redis-store';
export type { RedisStoreOptions, Term } from './redis-store';
