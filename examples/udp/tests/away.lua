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
