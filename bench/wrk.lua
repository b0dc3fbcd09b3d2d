-- Requests from a file, one a line: bodies to post, or paths to get. Prints what happened as a line of JSON.
local requests = {}
local count = 0

function init(args)
  for line in io.lines(args[2]) do
    if args[1] == "POST" then
      requests[#requests + 1] = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, line)
    else
      requests[#requests + 1] = wrk.format("GET", line)
    end
  end
end

function request()
  count = count % #requests + 1
  return requests[count]
end

function done(summary, latency)
  local errors = summary.errors
  local faults = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '\n{"count":%d,"seconds":%.6f,"refused":%d,"faults":%d,"p50Ms":%.3f,"p99Ms":%.3f}',
    summary.requests, summary.duration / 1e6, errors.status, faults,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end
