-- Lets wrk send requests that were made and signed before: a file of lines with a length, each followed by so many bytes.
-- wrk's own way of making a request in Lua would sign nothing, and one request for all would be stored only once.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  requests = {}
  sent = 0
  refused = 0
  local file = assert(io.open(args[1], "rb"))
  local length = file:read("*n")
  while length do
    file:read(1)
    table.insert(requests, file:read(length))
    length = file:read("*n")
  end
  file:close()
  made = #requests
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % made + 1]
end

function response(status)
  if status ~= 200 then
    refused = refused + 1
  end
end

function done(summary, latency, requests)
  local sent, made, refused = 0, 0, 0
  for _, thread in ipairs(threads) do
    sent = sent + thread:get("sent")
    made = made + thread:get("made")
    refused = refused + thread:get("refused")
  end
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '\nresult {"answered": %d, "took_us": %d, "p50_us": %d, "p99_us": %d, "sent": %d, "made": %d, "refused": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), sent, made, refused, failed))
end
