-- What a device does while there is no network. Run with: holdline test examples/udp
-- 没有网络的时候设备怎样做。运行：holdline test examples/udp

test("comes back with one socket after the network took its address", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("1m")
  world:fault("pdp lost")
  world:run("5m")
  expect(server:received_exactly("report\r\n")):every("10s"):since("1m30s")
  expect(device:sockets()):equals(1)
  expect(device:restarts()):never()
end)

test("looks every second whether the network is back", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:fault("registration lost for 31s")
  world:run("33s")
  -- It does not even try without a network. 没有网络时不会去连接。
  expect(device:log("ip not ready")):never()
  expect(server:received()):never()
  world:run("10s")
  expect(server:received_exactly("report\r\n")):exactly(1)
end)
