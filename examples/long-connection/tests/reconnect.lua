-- What the line must survive. Run with: holdline test examples/long-connection
-- 连接必须经得住的事情。运行：holdline test examples/long-connection

test("comes back after the server was down for ten minutes", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("1m")
  server:down("10m")
  world:run("15m")
  expect(server:received("heart data\r\n")):every("10s"):since("11m30s")
  expect(device:restarts(": connect fail")):at_least(4)
end)
