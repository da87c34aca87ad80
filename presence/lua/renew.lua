-- A process is alive.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV process, lease in ms
-- Returns 1; 0 when it holds no lease: it was paused for too long, or Redis lost its data.
local procs = KEYS[1] .. 'procs'
local now = now_ms()
local expiry = redis.call('ZSCORE', procs, ARGV[1])
if not expiry or tonumber(expiry) < now then
  return 0
end
redis.call('ZADD', procs, now + tonumber(ARGV[2]), ARGV[1])
return 1
