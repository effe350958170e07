-- How the script tries again, and when it gives up. Run with: holdline test examples/long-connection
-- 脚本怎样重试, 什么时候放弃。运行：holdline test examples/long-connection

test("tries three times a round, three rounds, then restarts", function(world)
  local server = world:server(9999)
  local device = world:boot()
  server:down("10m")
  -- The first connect, then three in each round; a round waits for 20 s, a try for 5 s and the link.
  -- 先连接一次, 然后每轮三次; 每轮之间等 20 秒, 每次之间等 5 秒再加上重建链路的时间。
  world:run_until("2m19s")
  expect(device:log("test\tntfy\tCONNECT\tfalse")):exactly(10)
  expect(device:log("test\treconn\t0\tfalse\t0")):exactly(1):before("7s")
  expect(device:log("test\treconn\t1\tfalse\t0")):exactly(1):since("16s"):before("17s")
  expect(device:log("test\treconn\t3\tfalse\t0")):exactly(1):since("37s"):before("38s")
  expect(device:log("test\treconn\t0\tfalse\t1")):exactly(1):since("57s"):before("58s")
  expect(device:log("test\treconn\t0\tfalse\t2")):exactly(1):since("1m48s"):before("1m49s")
  expect(device:restarts()):never()
  world:run("1s")
  expect(device:restarts()):exactly(1)
  expect(device:log("connect fail")):at_least(1)
end)

test("counts its tries anew after each success", function(world)
  local server = world:server(9999)
  local device = world:boot()
  -- Two rounds fail, and the next connect succeeds: after that it has all its tries again.
  -- 两轮失败之后连接成功, 此后重试次数重新计算。
  server:down("1m50s")
  world:run("3m")
  expect(server:connects()):exactly(1)
  server:down("1m40s")
  world:run("5m")
  expect(device:restarts()):never()
  expect(server:received("heart data\r\n")):every("10s"):since("5m30s")
end)

test("is quiet while the line is away, and speaks at once when it is back", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("1m")
  server:down("40s")
  world:run("40s")
  expect(device:log("heartrpt")):never():within("39s")
  expect(device:log("locrpt")):never():within("39s")
  world:run("4m")
  expect(server:connects()):exactly(2)
  expect(server:received("heart data\r\n")):every("10s"):since("2m10s")
  expect(server:received("loc data\r\n")):every("20s"):since("2m10s")
end)
