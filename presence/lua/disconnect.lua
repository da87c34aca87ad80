-- A connection ended in order. The person stays online for the grace, in case they are only moving.
-- KEYS pc:<process>, uc:<user>, grace
-- ARGV connection, user, grace in ms
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('SREM', KEYS[1], ARGV[2] .. '|' .. ARGV[1])
local removed = redis.call('HDEL', KEYS[2], ARGV[1])
if removed == 1 and redis.call('HLEN', KEYS[2]) == 0 then
  redis.call('ZADD', KEYS[3], 'NX', now + tonumber(ARGV[3]), ARGV[2])
end
return removed
