-- A line over TLS, and what it must survive. Run with: holdline test examples/task-tls-both-certificates
-- TLS 连接以及它必须经得住的事情。运行：holdline test examples/task-tls-both-certificates

test("says hello, and ping when nothing was said for a minute", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("5m10s")
  expect(server:connects()):exactly(1)
  expect(server:received_exactly("hello\n")):exactly(1)
  expect(server:received_exactly("ping\n")):every("1m"):since("3s"):give_or_take("2s")
  expect(server:received()):exactly(6)
  expect(device:log("\tTASK_TLS_BOTH_CERTIFICATES\t1.0.0\t")):exactly(1)
end)

test("prints what the server says, and pings a minute after that", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("40s")
  server:send("good morning")
  world:run("50s")
  expect(device:log("[received]\tgood morning")):exactly(1)
  expect(server:received_exactly("ping\n")):never()
end)

test("comes back ten seconds after the server has hung up", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("30s")
  server:close()
  world:run("9s")
  expect(server:connects()):exactly(1)
  expect(device:log("[line lost]\tCLOSED")):exactly(1)
  expect(device:sockets()):equals(0)
  world:run("5s")
  expect(server:connects()):exactly(2)
  expect(server:received_exactly("hello\n")):exactly(2)
end)

test("makes a new line when the old one is dead", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:run("30s")
  server:fault("half open")
  world:run("5m")
  expect(server:connects()):exactly(2)
  expect(server:received_exactly("hello\n")):exactly(2)
end)

test("tries every ten seconds while the server is down", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  server:down("1m")
  world:run("1m")
  expect(device:log("connect fail")):every("10s"):since("1s")
  world:run("15s")
  expect(server:received_exactly("hello\n")):exactly(1)
  expect(device:sockets()):equals(1)
end)

test("restarts after five minutes without a network", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ wants_client_certificate = true }
  local device = world:boot()
  world:fault("registration lost for 310s")
  world:run("6m")
  expect(device:restarts()):never():before("299s")
  expect(device:restarts()):exactly(1)
  expect(server:received_exactly("hello\n")):exactly(1)
  expect(device:log("ip not ready")):never()
end)

test("says nothing to a server whose certificate is from another authority", function(world)
  local server = world:server("tls.example.com", 8883)
  server:speaks_tls{ fails = "unknown issuer" }
  local device = world:boot()
  world:run("1m")
  expect(device:log("connect fail")):every("10s"):since("1s"):give_or_take("2s")
  expect(server:received("hello")):never()
end)
