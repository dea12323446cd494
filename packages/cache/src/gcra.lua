-- The generic cell rate algorithm. Stored is the theoretical arrival time: when the subject will have all of its burst
-- again, in microseconds of Redis's own clock, which all processes share.
-- KEYS: arrival time. ARGV: interval, tolerance (microseconds). Returns: allowed, how far ahead the arrival time is.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local backlog = math.max((tonumber(redis.call('GET', KEYS[1])) or now) - now, 0)
if backlog + interval > tolerance then
  return {0, backlog}
end
backlog = backlog + interval
redis.call('SET', KEYS[1], string.format('%.0f', now + backlog), 'PX', math.ceil(backlog / 1000))
return {1, backlog}
