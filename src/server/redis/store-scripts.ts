/**
 * Adds entries to a conversation's log, all or none. Each stands there as `<kind><at> <fact>`, where kind is `m` for what
 * a chat in the log is made of and `s` for all else; its place in the list is its number.
 *
 * KEYS: log, about the conversation, fence, open conversations, beginning of customers' keys. ARGV: fencing token or
 * nothing, id of this call, the conversation's id, `1` when it ends, `1` when the customer changes, the customer's id or
 * nothing, then kind, time and fact of each entry. Returns the first number and every time; called again with the same id,
 * as its reply was lost, it returns the same.
 */
export const appendScript = `
if ARGV[1] ~= '' and redis.call('GET', KEYS[3]) ~= ARGV[1] then return redis.error_reply('FENCED somebody else leads') end
local about = redis.call('HMGET', KEYS[2], 'append', 'places', 'at', 'opened', 'customer')
if about[1] == ARGV[2] then return cjson.decode(about[2]) end

local at = tonumber(about[3])
local places = { tostring(redis.call('LLEN', KEYS[1]) + 1) }
for index = 7, #ARGV, 3 do
  local wanted = tonumber(ARGV[index + 1])
  if at == nil or wanted > at then at = wanted end
  local placed = string.format('%.17g', at)
  places[#places + 1] = placed
  redis.call('RPUSH', KEYS[1], ARGV[index] .. placed .. ' ' .. ARGV[index + 2])
end
local opened = about[4] or places[2]
redis.call('HSET', KEYS[2], 'append', ARGV[2], 'places', cjson.encode(places), 'at', places[#places], 'opened', opened)
if ARGV[4] == '1' then
  redis.call('ZREM', KEYS[4], ARGV[3])
elseif not about[4] then
  redis.call('ZADD', KEYS[4], opened, ARGV[3])
end

if ARGV[5] == '1' then
  if about[5] then redis.call('ZREM', KEYS[5] .. about[5], ARGV[3]) end
  redis.call('HDEL', KEYS[2], 'customer')
  if ARGV[6] ~= '' then
    redis.call('HSET', KEYS[2], 'customer', ARGV[6])
    redis.call('ZADD', KEYS[5] .. ARGV[6], opened, ARGV[3])
  end
end
return places
`;

/** Remembers an agent, or forgets one of whom nothing is said. KEYS: agents, fence. ARGV: token or nothing, id, agent or nothing. */
export const keepAgentScript = `
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return redis.error_reply('FENCED somebody else leads') end
if ARGV[3] == '' then return redis.call('HDEL', KEYS[1], ARGV[2]) end
return redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
`;

/**
 * Entries of a log, the newest first, each after its number.
 *
 * KEYS: log. ARGV: first number wanted, number before which they are wanted, kind or nothing, most of them.
 */
export const readScript = `
local from, only, limit = tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[4])
local last = math.min(redis.call('LLEN', KEYS[1]), tonumber(ARGV[2]) - 1)
local found, count = {}, 0
while last >= from and count < limit do
  local first = math.max(from, last - 199)
  local entries = redis.call('LRANGE', KEYS[1], first - 1, last - 1)
  for index = #entries, 1, -1 do
    if only == '' or string.sub(entries[index], 1, 1) == only then
      if count == limit then break end
      count = count + 1
      found[#found + 1] = first + index - 1
      found[#found + 1] = entries[index]
    end
  end
  last = first - 1
end
return found
`;
