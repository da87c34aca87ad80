-- A person wants to look otherwise, on all their devices.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV user, what they want to look like, the version of that wish, events channel
-- Returns how the person is now, empty when that is no news.
local prefix = KEYS[1]
local user = ARGV[1]
-- Whoever is not here says it again when they come.
if redis.call('HLEN', prefix .. 'uc:' .. user) == 0 then
  return ''
end
keep_choice(prefix, user, ARGV[2], ARGV[3])
return tell(prefix, user, ARGV[4])
