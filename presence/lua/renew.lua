-- A process is alive.
-- KEYS procs, born
-- ARGV process, lease in ms, 1 to begin a lease, with it the run of Redis
-- Returns 0 when it holds none: it was paused for too long, or Redis lost its data.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local expiry = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ARGV[3] ~= '1' and (not expiry or tonumber(expiry) < now) then
  return 0
end
if ARGV[3] == '1' and redis.call('HGET', KEYS[2], 'run') ~= ARGV[4] then
  -- The first to come after Redis was started: what is here may be nothing, or of another day.
  redis.call('HSET', KEYS[2], 'run', ARGV[4], 'at', now)
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return 1
