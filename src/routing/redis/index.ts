export { redisRouting } from './redis-routing';
export type { RedisRouting, RedisRoutingOptions } from './redis-routing';
export type { RedisClient, RedisConnection, RedisConnectionOptions } from './connection';
