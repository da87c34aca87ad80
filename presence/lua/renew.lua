-- A process is alive.
-- KEYS procs
-- ARGV process, lease in ms, 1 to begin a lease
-- Returns 0 when it holds none: it was paused for too long, or Redis lost its data.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local expiry = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ARGV[3] ~= '1' and (not expiry or tonumber(expiry) < now) then
  return 0
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return 1
