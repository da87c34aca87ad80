-- A connection ended in order. The person stays as they are for the grace, in case they only move.
-- Said twice, it changes nothing the second time.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV process, connection, user, grace in ms, events channel
-- Returns how many connections were taken out.
local prefix = KEYS[1]
local process, connection, user = ARGV[1], ARGV[2], ARGV[3]
redis.call('SREM', prefix .. 'pc:' .. process, user .. '|' .. connection)
local removed = redis.call('HDEL', prefix .. 'uc:' .. user, connection)
if removed == 1 then
  redis.call('SREM', prefix .. 'idle:' .. user, connection)
  if redis.call('HLEN', prefix .. 'uc:' .. user) == 0 then
    redis.call('ZADD', prefix .. 'grace', 'NX', now_ms() + tonumber(ARGV[4]), user)
  else
    tell(prefix, user, ARGV[5])
  end
end
return removed
