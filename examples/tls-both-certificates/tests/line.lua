-- An encrypted line that comes back. Run with: holdline test examples/tls-both-certificates
-- 会自动恢复的加密连接。运行：holdline test examples/tls-both-certificates

test("beats every 10 s on one line", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("10m")
  expect(server:received_exactly("heart data\r\n")):every("10s"):since("3s"):give_or_take("200ms")
  expect(server:connects()):exactly(1)
  expect(device:log_exactly("test\tntfy\tCONNECT\ttrue")):exactly(1)
  expect(device:log("\tAir202\tTLS_BOTH_CERTIFICATES\t1.0.0\t")):exactly(1)
  expect(device:restarts()):never()
  expect(device:notices()):never()
end)

test("waits for the network, and then connects at once", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:fault("registration lost for 30s")
  world:run("32s")
  expect(server:received_exactly("heart data\r\n")):exactly(1)
  expect(device:log_exactly("test\tntfy\tCONNECT\tfalse")):never()
end)

test("connects again 5 s after the line was closed", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("1m")
  server:close()
  world:run("3m")
  expect(server:connects()):exactly(1):since("1m4s"):before("1m6s")
  expect(server:received("heart data\r\n")):every("10s"):since("1m8s")
  expect(server:connects()):exactly(2)
end)

test("tries every 5 s while the server is down", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  server:down("1m")
  world:run("1m")
  expect(device:dials()):every("5s"):since("1s"):give_or_take("500ms")
  world:run("10s")
  expect(server:received_exactly("heart data\r\n")):exactly(1)
  expect(device:restarts()):never()
end)

test("makes a new line where a heartbeat cannot be sent", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("1m")
  world:fault("black hole for 2m")
  world:run("10m")
  expect(device:log_exactly("test\tntfy\tSEND\tfalse")):exactly(1)
  expect(device:log_exactly("test\tntfy\tDISCONNECT\ttrue")):exactly(1)
  expect(server:received("heart data\r\n")):every("10s"):since("5m")
end)

test("prints what the server says", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("15s")
  server:send("hello")
  world:run("5s")
  expect(device:log_exactly("test\trcv\thello")):exactly(1)
end)

test("sends nothing to a server that is not who it should be", function(world)
  local server = world:server(8883)
  server:speaks_tls{ fails = "self signed", wants_client_certificate = true }
  local device = world:boot()
  world:run("1m")
  expect(server:received("heart data")):never()
  expect(device:log_exactly("test\tntfy\tCONNECT\tfalse")):at_least(10)
end)

test("sends nothing to a server with the name of another", function(world)
  local server = world:server(8883)
  server:speaks_tls{ fails = "wrong name", wants_client_certificate = true }
  local device = world:boot()
  world:run("1m")
  expect(server:received("heart data")):never()
  expect(device:log_exactly("test\tntfy\tCONNECT\tfalse")):at_least(10)
end)

test("comes back once the server takes its certificate again", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:fault("tls refuses client certificate for 1m")
  world:run("58s")
  expect(server:received("heart data")):never()
  world:run("10s")
  expect(server:received_exactly("heart data\r\n")):exactly(1)
end)
