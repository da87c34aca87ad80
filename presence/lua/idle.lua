-- Nobody is at a device any more, or somebody is again.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV connection, user, 1 when nobody is there, events channel
-- Returns how the person is now, empty when that is no news.
local prefix = KEYS[1]
local connection, user = ARGV[1], ARGV[2]
if redis.call('HEXISTS', prefix .. 'uc:' .. user, connection) == 0 then
  return ''
end
keep_idle(prefix, user, connection, ARGV[3])
return tell(prefix, user, ARGV[4])
