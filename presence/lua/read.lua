-- How some people are.
-- KEYS prefix, with its hash tag: the keys that it touches are found inside
-- ARGV how long nobody is called offline after a start, users
-- Returns the epoch, the version, in how many ms it is settled who is offline, and how each of them was
-- told to be, empty for whoever was not.
local prefix = KEYS[1]
local users = {}
for i = 2, #ARGV do
  users[#users + 1] = ARGV[i]
end
local answer = {
  epoch_of(prefix),
  tonumber(redis.call('GET', prefix .. 'ver') or 0),
  unsettled_ms(prefix, now_ms(), ARGV[1]),
}
for _, state in ipairs(redis.call('HMGET', prefix .. 'told', unpack(users))) do
  answer[#answer + 1] = state or ''
end
return answer
