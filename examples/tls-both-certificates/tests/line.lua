-- An encrypted line that comes back. Run with: holdline test examples/tls-both-certificates
-- 会自动恢复的加密连接。运行：holdline test examples/tls-both-certificates

test("beats every 10 s on one line", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("10m")
  expect(server:received_exactly("heart data\r\n")):every("10s"):since("3s")
  expect(server:connects()):exactly(1)
  expect(device:log("test\tntfy\tCONNECT\ttrue")):exactly(1)
  expect(device:restarts()):never()
end)

test("connects again 5 s after the line was closed", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("1m")
  server:close()
  world:run("3m")
  expect(server:connects()):exactly(1):since("1m4s"):before("1m7s")
  expect(server:received("heart data\r\n")):every("10s"):since("1m8s")
end)

test("prints what the server says", function(world)
  local server = world:server(8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("15s")
  server:send("hello")
  world:run("5s")
  expect(device:log("test\trcv\thello")):exactly(1)
end)

test("sends nothing to a server that is not who it should be", function(world)
  local server = world:server(8883)
  server:speaks_tls{ fails = "self signed", wants_client_certificate = true }
  local device = world:boot()
  world:run("1m")
  expect(server:received("heart data")):never()
  expect(device:log("test\tntfy\tCONNECT\tfalse")):at_least(3)
end)
