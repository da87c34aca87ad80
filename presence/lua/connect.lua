-- A connection begins.
-- KEYS procs, pc:<process>, uc:<user>, log, ver, grace
-- ARGV process, connection, user, events channel
-- Returns -1 when the process holds no lease; 1 when the person came online; 0 when they were already.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local expiry = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not expiry or tonumber(expiry) < now then
  return -1
end
local before = redis.call('HLEN', KEYS[3])
redis.call('SADD', KEYS[2], ARGV[3] .. '|' .. ARGV[2])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
local graced = redis.call('ZREM', KEYS[6], ARGV[3])
if before == 0 and graced == 0 then
  local version = redis.call('INCR', KEYS[5])
  redis.call('ZADD', KEYS[4], version, ARGV[3])
  redis.call('PUBLISH', ARGV[4], version .. ' ' .. ARGV[3] .. ' online')
  return 1
end
return 0
