export { redisStore } from './redis-store';
export type { RedisStoreOptions, Term } from './redis-store';
