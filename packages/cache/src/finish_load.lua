-- Stores a loaded value, unless an invalidation (or a later load) took the lease away: then it may be stale.
-- KEYS: value, lease. ARGV: token, value, its life in milliseconds.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
