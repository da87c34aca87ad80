-- A process begins a lease.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV process, lease in ms, this run of Redis
-- Returns 1.
local prefix = KEYS[1]
local now = now_ms()
if redis.call('EXISTS', prefix .. 'born') == 0 then
  -- Emptied while it ran: from now on all who are here say so again.
  redis.call('HSET', prefix .. 'born', 'run', ARGV[3], 'at', string.format('%.0f', now))
end
redis.call('ZADD', prefix .. 'procs', now + tonumber(ARGV[2]), ARGV[1])
return 1
