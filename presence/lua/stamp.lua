-- The first thing that is said on every connection to Redis: a connection cannot outlive a run, so
-- nothing else ever meets data of which it is not known whether they are of today.
-- In another run what is here is of another day: every lease in it has ended, and those who are here
-- have to say so again.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV this run of Redis
-- Returns 1 when it is the first to come in this run, else 0.
local prefix = KEYS[1]
if redis.call('HGET', prefix .. 'born', 'run') == ARGV[1] then
  return 0
end
redis.call('HSET', prefix .. 'born', 'run', ARGV[1], 'at', string.format('%.0f', now_ms()))
for _, process in ipairs(redis.call('ZRANGE', prefix .. 'procs', 0, -1)) do
  redis.call('ZADD', prefix .. 'procs', 0, process)
end
return 1
