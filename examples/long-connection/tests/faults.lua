-- What the network does to the line. Run with: holdline test examples/long-connection
-- 网络对连接做的各种坏事。运行：holdline test examples/long-connection

test("is back 6 s after the network took its address", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("55s")
  world:fault("pdp lost")
  world:run("2m")
  -- STATE SHUTED begins a new connect at once: the script does not wait for a report to fail.
  -- 收到 STATE SHUTED 就立即重连，而不是等到下一次发送失败。
  expect(device:log("test\tntfy\tSTATE\tSHUTED")):exactly(1):since("55s"):before("56s")
  expect(device:log_exactly("test\treconn\t0\tfalse\t0")):exactly(1):since("55s"):before("56s")
  expect(server:connects()):exactly(1):since("55s"):before("1m1s")
  expect(device:log("heartrpt\tfalse")):never()
  expect(server:connects()):exactly(2)
  expect(server:received("heart data\r\n")):every("10s"):since("1m10s")
  expect(server:received("loc data\r\n")):every("20s"):since("1m20s")
end)

test("begins anew where the network takes its address during a connect", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:fault("latency 1s for 5s")
  world:run("2500ms")
  world:fault("pdp lost")
  world:run("1m")
  -- Nothing is ever said of the connect that was under way; the next one works.
  -- 正在进行的那次连接不会再有任何结果；下一次连接成功。
  expect(device:log("CONNECT\tfalse")):never()
  expect(device:log_exactly("test\treconn\t0\tfalse\t0")):exactly(1)
  expect(server:received("heart data\r\n")):every("10s"):since("8s")
end)

test("shuts the link when a report cannot be sent", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("55s")
  world:fault("black hole for 3m")
  world:run("6m")
  expect(device:log("ntfy\tSEND\tfalse")):at_least(1)
  expect(device:log("STATE\tSHUTED")):at_least(1)
  expect(server:received("heart data\r\n")):every("10s"):since("5m30s")
end)
