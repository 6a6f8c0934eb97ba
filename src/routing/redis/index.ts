export { redisRouting } from './redis-routing';
export type { RedisRouting } from './redis-routing';
export type { RedisRoutingOptions } from './options';
export type { SkippedEvents } from './teller';
export type { RedisClient, RedisConnection, RedisConnectionOptions } from './connection';
