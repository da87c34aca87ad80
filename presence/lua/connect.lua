-- A connection begins.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV process, connection, user, events channel, 1 when nobody is at the device,
--      what the person wants to look like, the version of that wish
-- Returns -1 when the process holds no lease; else how the person is now, empty when that is no news.
local prefix = KEYS[1]
local process, connection, user = ARGV[1], ARGV[2], ARGV[3]
local expiry = redis.call('ZSCORE', prefix .. 'procs', process)
if not expiry or tonumber(expiry) < now_ms() then
  return -1
end
redis.call('SADD', prefix .. 'pc:' .. process, user .. '|' .. connection)
redis.call('HSET', prefix .. 'uc:' .. user, connection, process)
redis.call('ZREM', prefix .. 'grace', user)
keep_idle(prefix, user, connection, ARGV[5])
keep_choice(prefix, user, ARGV[6], ARGV[7])
return tell(prefix, user, ARGV[4])
