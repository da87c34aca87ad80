-- Takes out the connections of processes whose lease ran out, and the people whose grace ran out.
-- Every process runs it, and no two can take the same one out: a script is atomic.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV grace in ms, how many at most, events channel, how long nobody is called offline after a start
-- Returns how many connections it took out, then the ids of those who went offline. Whoever was
-- invisible had gone before.
local prefix = KEYS[1]
local limit = tonumber(ARGV[2])
local now = now_ms()
local taken = 0
local dead = redis.call('ZRANGEBYSCORE', prefix .. 'procs', '-inf', '(' .. now, 'LIMIT', 0, 1)
if dead[1] then
  local connections = prefix .. 'pc:' .. dead[1]
  for _, member in ipairs(redis.call('SPOP', connections, limit)) do
    taken = taken + 1
    local user, connection = string.match(member, '^(.-)|(.*)$')
    -- A process that was declared dead may live and have entered its sockets again by another name.
    if redis.call('HGET', prefix .. 'uc:' .. user, connection) == dead[1] then
      redis.call('HDEL', prefix .. 'uc:' .. user, connection)
      redis.call('SREM', prefix .. 'idle:' .. user, connection)
    end
    if redis.call('HLEN', prefix .. 'uc:' .. user) == 0 then
      redis.call('ZADD', prefix .. 'grace', 'NX', now + tonumber(ARGV[1]), user)
    else
      tell(prefix, user, ARGV[3])
    end
  end
  if redis.call('SCARD', connections) == 0 then
    redis.call('ZREM', prefix .. 'procs', dead[1])
  end
end
local answer = { taken }
if unsettled_ms(prefix, now, ARGV[4]) > 0 then
  return answer
end
for _, user in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'grace', '-inf', now, 'LIMIT', 0, limit)) do
  redis.call('ZREM', prefix .. 'grace', user)
  if redis.call('HLEN', prefix .. 'uc:' .. user) == 0 then
    redis.call('DEL', prefix .. 'choice:' .. user, prefix .. 'idle:' .. user)
    if tell(prefix, user, ARGV[3]) == 'offline' then
      answer[#answer + 1] = user
    end
  end
end
return answer
