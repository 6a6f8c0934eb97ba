import type { Redis } from 'ioredis';
import type { Keys } from './keys';

/** Who leads a domain. */
export interface Lease {
  /** Fencing token: higher than that of everybody who led before, and nobody else's, also where Redis has forgotten some. */
  readonly token: number;
  readonly node: string;
}

/**
 * Keeps the lease of who leads, gives it to a node that wants it when nobody has it, and says who leads then. Whoever led
 * last keeps on leading while nobody else has begun to, however late the bid is. A token is the time at least: one that
 * Redis has given out and forgotten is not given to somebody else.
 *
 * KEYS: lease, fence. ARGV: node, its token or nothing, milliseconds, `1` when it wants to lead.
 */
const bidScript = `
local fence = redis.call('GET', KEYS[2])
if ARGV[2] ~= '' and fence == ARGV[2] then
  local own = ARGV[2] .. ':' .. ARGV[1]
  redis.call('SET', KEYS[1], own, 'PX', ARGV[3])
  return own
end
local held = redis.call('GET', KEYS[1])
if held or ARGV[4] ~= '1' then return held or '' end
local time = redis.call('TIME')
local token = math.max((tonumber(fence) or 0) + 1, time[1] * 1000 + math.floor(time[2] / 1000))
token = string.format('%.0f', token)
redis.call('SET', KEYS[2], token)
local own = token .. ':' .. ARGV[1]
redis.call('SET', KEYS[1], own, 'PX', ARGV[3])
return own
`;

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

export interface Bid {
  readonly node: string;
  /** What the node leads with, as far as it knows. */
  readonly token: number | undefined;
  readonly leaseMs: number;
  /** Whether the node would lead. */
  readonly wanted: boolean;
}

/** Who leads from now on; undefined: nobody. */
export async function bid(redis: Redis, keys: Keys, { node, token, leaseMs, wanted }: Bid): Promise<Lease | undefined> {
  const held = await redis.eval(bidScript, 2, keys.lease, keys.fence, node, token ?? '', leaseMs, wanted ? 1 : 0);
  const [, number, leader = ''] = /^(\d+):(.*)$/.exec(String(held)) ?? [];
  return number === undefined ? undefined : { token: Number(number), node: leader };
}

/** Lets others lead at once. */
export async function release(redis: Redis, keys: Keys, { token, node }: Lease): Promise<void> {
  await redis.eval(releaseScript, 1, keys.lease, `${token}:${node}`);
}
