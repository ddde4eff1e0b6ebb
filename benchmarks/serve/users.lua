-- Requests of random users. Arguments: the path, the number of users, a seed, and what follows the user in the address.
local path, users, rest

function init(arguments)
  path, users, rest = arguments[1], tonumber(arguments[2]), arguments[4] or ""
  math.randomseed(tonumber(arguments[3]))
end

function request()
  -- The customers of the sample have the numbers from 12346 on, of which some are missing: those are new ones.
  return wrk.format("GET", path .. "?user=" .. (12346 + math.random(0, users - 1)) .. rest)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %.1f %.1f %.1f %d", summary.requests / summary.duration * 1e6, latency:percentile(50),
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
