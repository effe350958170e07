-- A connection for each report. Run with: holdline test examples/short
-- 每次上报一个连接。运行：holdline test examples/short

test("reports every 20 s, each time on a new line", function(world)
  local server = world:server("192.0.2.1", 9999)
  local device = world:boot()
  world:run("3m")
  expect(server:received_exactly("report\r\n")):every("20s"):since("2s")
  expect(server:connects()):every("20s"):since("2s")
  expect(server:connections()):equals(0)
  expect(device:restarts()):never()
end)

test("tells in its log what it is, what it does and how it went", function(world)
  world:server(9999)
  local device = world:boot()
  world:run("1m")
  expect(device:log("\tAir202\tSHORT\t1.0.0\t")):exactly(1)
  expect(device:log_exactly("test\tntfy\tCONNECT\ttrue")):every("20s"):since("2s")
  expect(device:log_exactly("test\tfinish\ttrue\t0")):every("20s"):since("2s")
end)

test("counts the 20 s from the moment at which the line is closed on both sides", function(world)
  world:server(9999)
  local device = world:boot()
  -- It takes 2 s to connect, 2 s until the report has arrived, and 2 s to close.
  -- 连接需要 2 秒，发送需要 2 秒，断开需要 2 秒。
  world:fault("latency 1s")
  world:run("30s")
  expect(device:log("test\tfinish\ttrue\t0")):exactly(1):since("6500ms"):before("7500ms")
  expect(device:dials()):exactly(1):since("26500ms"):before("27500ms")
  expect(device:dials()):exactly(2)
end)

test("prints what the server says", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:fault("latency 1s")
  world:run("3500ms")
  server:send("welcome")
  world:run("20s")
  expect(device:log_exactly("test\trcv\twelcome")):exactly(1)
end)
