-- Counts the people who are online: with a connection, or within their grace.
-- The answer holds for a moment: however many ask, it is counted once.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV for how many ms an answer holds
local prefix = KEYS[1]
local known = redis.call('GET', prefix .. 'count')
if known then
  return tonumber(known)
end
local count = 0
local seen = {}
local function see(user)
  if not seen[user] then
    seen[user] = true
    count = count + 1
  end
end
for _, process in ipairs(redis.call('ZRANGE', prefix .. 'procs', 0, -1)) do
  for _, member in ipairs(redis.call('SMEMBERS', prefix .. 'pc:' .. process)) do
    see(string.match(member, '^(.-)|'))
  end
end
for _, user in ipairs(redis.call('ZRANGE', prefix .. 'grace', 0, -1)) do
  see(user)
end
redis.call('SET', prefix .. 'count', count, 'PX', ARGV[1])
return count
