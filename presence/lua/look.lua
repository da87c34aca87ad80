-- What has changed since a version: nothing but a comparison when that is nothing.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV how long nobody is called offline after a start, epoch, version, how many people at most
-- Returns the epoch, the version, in how many ms it is settled who is offline, 1 when what follows is
-- all that changed (0 when everybody must be read anew), then people and how each was told to be, empty
-- for whoever was not.
local prefix = KEYS[1]
local version = tonumber(redis.call('GET', prefix .. 'ver') or 0)
local known, limit = tonumber(ARGV[3]), tonumber(ARGV[4])
local answer = { epoch_of(prefix), version, unsettled_ms(prefix, now_ms(), ARGV[1]), 1 }
if answer[1] ~= ARGV[2] or known > version or version - known > LOG_KEPT then
  answer[4] = 0
elseif version > known then
  local users = redis.call('ZRANGEBYSCORE', prefix .. 'log', '(' .. known, '+inf', 'LIMIT', 0, limit + 1)
  if #users > limit then
    answer[4] = 0
  elseif #users > 0 then
    for i, state in ipairs(redis.call('HMGET', prefix .. 'told', unpack(users))) do
      answer[#answer + 1] = users[i]
      answer[#answer + 1] = state or ''
    end
  end
end
return answer
