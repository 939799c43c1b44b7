-- Asks for the targets of a file in turn, each thread from a place of its own, and ends with one
-- line of JSON. Without BENCH_TARGETS wrk sends its one request, which costs it least; with
-- BENCH_BODY that is a POST of it.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

if os.getenv("BENCH_BODY") then
  wrk.method, wrk.body = "POST", os.getenv("BENCH_BODY")
  wrk.headers["Content-Type"] = "application/json"
end

if os.getenv("BENCH_TARGETS") then
  local requests, at = {}, 0

  function init(_)
    for target in io.lines(os.getenv("BENCH_TARGETS")) do
      requests[#requests + 1] = wrk.format("GET", target)
    end
    at = math.floor(number * #requests / tonumber(os.getenv("BENCH_THREADS")))
  end

  function request()
    at = at % #requests + 1
    return requests[at]
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "bytes": %d, "wrong": %d, "broken": %d, ' ..
    '"p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
