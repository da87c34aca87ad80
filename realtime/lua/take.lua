-- One token out of a bucket that fills again by itself.
-- KEYS the bucket: when it will be full again, in ms of Redis's own clock
-- ARGV ms for each token, tokens in a full bucket
-- Returns 0, or in how many ms there will be one.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local step = tonumber(ARGV[1])
local full_at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
local wait = full_at + step - step * tonumber(ARGV[2]) - now
if wait > 0 then
  return wait
end
local ms = full_at + step - now
redis.call('SET', KEYS[1], string.format('%d', full_at + step), 'PX', ms)
return 0
