-- A report every ten seconds, and what the server answers. Run with: holdline test examples/udp
-- 每十秒上报一次，并打印服务器的回复。运行：holdline test examples/udp

test("reports when nothing was heard for ten seconds", function(world)
  local server = world:server("192.0.2.1", 9999)
  local device = world:boot()
  world:run("10m")
  expect(server:received_exactly("report\r\n")):every("10s"):since("2s")
  expect(server:received()):exactly(59)
  -- One socket, one sender. 只用一个 socket，服务器只看到一个发送方。
  expect(server:connects()):exactly(1)
  expect(device:sockets()):equals(1)
end)

test("prints what the server says, and waits for ten seconds anew", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("15s")
  server:send("hello")
  world:run("8s")
  expect(device:log("[received]\thello")):exactly(1)
  expect(server:received()):exactly(1)
  world:run("3s")
  expect(server:received()):exactly(2)
end)

test("says its name and version when it starts", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("5s")
  expect(device:log("\tUDP\t1.0.0\t")):exactly(1)
end)
