-- The value, if somebody stored it meanwhile; else a lease for the caller's load. A later load's lease replaces an
-- earlier one's: whichever load began last may store.
-- KEYS: value, lease. ARGV: token, lease's life in milliseconds.
local value = redis.call('GET', KEYS[1])
if value then
  return value
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return false
