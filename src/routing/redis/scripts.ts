/**
 * What has to happen in Redis in one step. Every write of a leader checks first that the lease is still its own;
 * `fenced` says that it is not.
 */

/**
 * Says that a node is there, renews its lease, and gives it one when nobody has it and it wants one.
 * KEYS lease, token, head, nodes. ARGV node, lease it holds (or empty), lease ms, whether it wants to lead, and whether it may at all.
 * Returns lease, ms left, head, and the nodes heard of within the lease's time.
 */
export const bidScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[5] == '1' then redis.call('ZADD', KEYS[4], now, ARGV[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - ARGV[3])
local held = redis.call('GET', KEYS[1])
if held and held == ARGV[2] then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
elseif ARGV[4] == '1' and (not held or string.sub(held, string.find(held, ':') + 1) == ARGV[1]) then
  held = redis.call('INCR', KEYS[2]) .. ':' .. ARGV[1]
  redis.call('SET', KEYS[1], held, 'PX', ARGV[3])
end
return { held or '', redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[3]) or '0', redis.call('ZRANGE', KEYS[4], 0, -1) }
`;

/**
 * Adds a batch to the log and takes its commands out of the inbox.
 * KEYS lease, head, log, inbox. ARGV lease, number of the batch, batch, lease ms, id in the inbox to keep from (or empty).
 * Returns `ok`, `fenced`, or `behind` when the log has another head than the leader knows.
 */
export const appendScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
if (tonumber(redis.call('GET', KEYS[2])) or 0) + 1 ~= tonumber(ARGV[2]) then return 'behind' end
redis.call('XADD', KEYS[3], ARGV[2] .. '-0', 'b', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if ARGV[5] ~= '' then redis.call('XTRIM', KEYS[4], 'MINID', ARGV[5]) end
return 'ok'
`;

/**
 * Gives the lease back, with a last batch that tells the others.
 * KEYS lease, head, log, nodes. ARGV lease, number of the batch, batch, node that leaves (or empty).
 */
export const releaseScript = `
if ARGV[4] ~= '' then redis.call('ZREM', KEYS[4], ARGV[4]) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'fenced' end
redis.call('DEL', KEYS[1])
if (tonumber(redis.call('GET', KEYS[2])) or 0) + 1 ~= tonumber(ARGV[2]) then return 'behind' end
redis.call('XADD', KEYS[3], ARGV[2] .. '-0', 'b', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2])
return 'ok'
`;

/**
 * Takes a node that does not lead off the list of those that may.
 * KEYS nodes, lease, head. ARGV node. Returns lease, head, the time, and who was heard of and when.
 */
export const signOffScript = `
redis.call('ZREM', KEYS[1], ARGV[1])
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local lease, head = redis.call('GET', KEYS[2]) or '', redis.call('GET', KEYS[3]) or '0'
return { lease, head, now, redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES') }
`;

/**
 * Puts commands into the inbox, as far as there is room. They are neither written to the disk nor sent to replicas: whoever
 * has sent them keeps them until they are in the log. KEYS inbox. ARGV entry, most entries. Returns `ok` or `full`.
 */
export const sendScript = `
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 'full' end
pcall(redis.set_repl, redis.REPL_NONE)
redis.call('XADD', KEYS[1], '*', 'c', ARGV[1])
return 'ok'
`;

// KEYS lease, head. ARGV lease (or empty), batch of the snapshot. Without a lease only where nothing came behind it.
const snapshotFence = `
local head = redis.call('GET', KEYS[2]) or '0'
if ARGV[1] == '' then
  if head ~= ARGV[2] then return 'fenced' end
elseif redis.call('GET', KEYS[1]) ~= ARGV[1] or tonumber(head) < tonumber(ARGV[2]) then return 'fenced' end
`;

/**
 * Adds a piece to a snapshot, which ends by itself until it is the one to begin from.
 * KEYS as above, pieces. ARGV as above, name, piece, seconds. Returns `ok` or `fenced`.
 */
export const pieceScript = `${snapshotFence}
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('EXPIRE', KEYS[3], ARGV[5])
return 'ok'
`;

/**
 * Makes a snapshot the one to begin from, and shortens the log: what came after the one before is kept for nodes that lag.
 * KEYS as above, pieces, snapshot, log. ARGV as above, how many pieces it has, prefix of the pieces' keys.
 * Returns `ok`, `fenced`, `torn` when Redis has lost some of its pieces, or `old` when there is a newer one.
 */
export const snapshotScript = `${snapshotFence}
if redis.call('HLEN', KEYS[3]) ~= tonumber(ARGV[3]) then return 'torn' end
local before = tonumber(redis.call('GET', KEYS[4])) or 0
if before >= tonumber(ARGV[2]) then return 'old' end
redis.call('PERSIST', KEYS[3])
redis.call('SET', KEYS[4], ARGV[2])
redis.call('XTRIM', KEYS[5], 'MINID', (before + 1) .. '-0')
if before > 0 then redis.call('UNLINK', ARGV[4] .. before) end
return 'ok'
`;
