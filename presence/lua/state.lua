-- Stands before each script that looks at somebody or changes them: how a person is, from all their
-- devices together. `prefix` carries the hash tag that all keys share.

-- Of so many changes it is known who changed. Who asks for older ones reads everybody anew.
local LOG_KEPT = 10000

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- The history to which versions belong: another one for each run of Redis, and when it was emptied.
local function epoch_of(prefix)
  local born = redis.call('HMGET', prefix .. 'born', 'run', 'at')
  return born[1] and born[1] .. '.' .. born[2] or ''
end

-- In how many ms all who are here will have said so; nobody is called offline before.
local function unsettled_ms(prefix, now, settle)
  local at = redis.call('HGET', prefix .. 'born', 'at')
  return at and math.max(0, tonumber(at) + tonumber(settle) - now) or tonumber(settle) + 1
end

-- What a person wants to look like. What is older than what is known changes nothing.
local function keep_choice(prefix, user, state, version)
  local key = prefix .. 'choice:' .. user
  local known = redis.call('HGET', key, 'version')
  if not known or tonumber(known) <= tonumber(version) then
    redis.call('HSET', key, 'state', state, 'version', version)
  end
end

local function keep_idle(prefix, user, connection, is_idle)
  redis.call(is_idle == '1' and 'SADD' or 'SREM', prefix .. 'idle:' .. user, connection)
end

-- As others see it. The most awake device counts; what was chosen counts more.
local function how(prefix, user)
  local connections = redis.call('HKEYS', prefix .. 'uc:' .. user)
  if #connections == 0 then
    local is_graced = redis.call('ZSCORE', prefix .. 'grace', user)
    return is_graced and redis.call('HGET', prefix .. 'told', user) or 'offline'
  end
  local choice = redis.call('HGET', prefix .. 'choice:' .. user, 'state')
  if choice == 'invisible' then
    return 'offline'
  end
  if choice == 'away' or choice == 'dnd' then
    return choice
  end
  for _, connection in ipairs(connections) do
    if redis.call('SISMEMBER', prefix .. 'idle:' .. user, connection) == 0 then
      return 'online'
    end
  end
  return 'away'
end

-- Tells everybody when a person is another way than was told last. Returns the news, or nothing.
local function tell(prefix, user, events)
  local state = how(prefix, user)
  local told = redis.call('HGET', prefix .. 'told', user) or 'offline'
  if state == told then
    return ''
  end
  if state == 'offline' then
    redis.call('HDEL', prefix .. 'told', user)
  else
    redis.call('HSET', prefix .. 'told', user, state)
  end
  local version = redis.call('INCR', prefix .. 'ver')
  redis.call('ZADD', prefix .. 'log', version, user)
  redis.call('ZREMRANGEBYSCORE', prefix .. 'log', '-inf', version - LOG_KEPT)
  redis.call('PUBLISH', events, epoch_of(prefix) .. ' ' .. version .. ' ' .. user .. ' ' .. state)
  return state
end
