-- What the line must survive. Run with: holdline test examples/long-connection
-- 连接必须经得住的事情。运行：holdline test examples/long-connection

test("comes back after the server was down for an hour", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("5m")
  server:down("1h")
  world:run("2h")
  expect(server:received("heart data\r\n")):every("10s"):since("1h5m")
  expect(device:restarts()):at_least(1)
end)
