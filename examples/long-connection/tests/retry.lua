-- How the script tries again, and when it gives up. Run with: holdline test examples/long-connection
-- 脚本怎样重试，什么时候放弃。运行：holdline test examples/long-connection

test("tries three times a round, three rounds, then restarts", function(world)
  local server = world:server(9999)
  local device = world:boot()
  server:down("10m")
  -- The first connect, then three in each round; a round waits for 20 s, a try for 5 s and the link.
  -- 先连接一次，然后每轮三次；每轮之间等 20 秒，每次之间等 5 秒再加上重建链路的时间。
  world:run_until("2m19s")
  expect(device:log("test\tntfy\tCONNECT\tfalse")):exactly(10)
  expect(device:log("test\treconn\t0\tfalse\t0")):exactly(1):before("7s")
  expect(device:log("test\treconn\t1\tfalse\t0")):exactly(1):since("16s"):before("17s")
  expect(device:log("test\treconn\t3\tfalse\t0")):exactly(1):since("37s"):before("38s")
  expect(device:log("test\treconn\t0\tfalse\t1")):exactly(1):since("57s"):before("58s")
  expect(device:log("test\treconn\t0\tfalse\t2")):exactly(1):since("1m48s"):before("1m49s")
  expect(device:restarts()):never()
  world:run("1s")
  expect(device:restarts(": connect fail")):exactly(1)
end)

test("has all its tries again after a success", function(world)
  local server = world:server(9999)
  local device = world:boot()
  -- Two rounds fail, and the next connect succeeds; then the server is gone for good.
  -- 两轮失败之后连接成功；此后服务器再也不回来。
  server:down("1m50s")
  world:run("3m")
  expect(server:connects()):exactly(1)
  server:down()
  world:run("2m13s")
  expect(device:log("CONNECT\tfalse")):exactly(9):since("3m")
  expect(device:restarts()):never()
  world:run("2s")
  expect(device:restarts()):exactly(1)
end)

test("makes one try at a time: what happens during one costs none", function(world)
  local server = world:server(9999)
  local device = world:boot()
  server:down()
  -- The first connect has failed and the next is planned, when the loss of the address begins it.
  -- 第一次连接失败后已安排重连；此时 IP 丢失，重连提前开始。
  world:run("4s")
  world:fault("pdp lost")
  world:run("40s")
  expect(device:log_exactly("test\treconn\t0\tfalse\t0")):exactly(1):since("4s"):before("5s")
  expect(device:log_exactly("test\treconn\t1\ttrue\t0")):exactly(1):since("6s"):before("7s")
  expect(device:dials()):exactly(4)
  expect(device:log_exactly("test\treconn\t3\tfalse\t0")):exactly(1)
end)

test("leaves a line alone that stands, whatever was planned before", function(world)
  local server = world:server(9999)
  local device = world:boot()
  -- In the pause after a round in vain the loss of the address begins a connect, and that succeeds.
  -- 一轮失败后的暂停中 IP 丢失，引发一次重连，并且成功。
  server:down("40s")
  world:run("40s")
  expect(device:log_exactly("test\treconn\t3\tfalse\t0")):exactly(1)
  world:fault("pdp lost")
  world:run("1m")
  expect(server:connects()):exactly(1)
  expect(server:received("heart data\r\n")):every("10s"):since("47s")
end)

test("is quiet while the line is away, and speaks at once when it is back", function(world)
  local server = world:server(9999)
  local device = world:boot()
  world:run("1m")
  server:down("40s")
  world:run("40s")
  expect(device:log("heartrpt")):never():within("39s")
  expect(device:log("locrpt")):never():within("39s")
  world:run("2m")
  expect(server:connects()):exactly(2)
  expect(server:received("heart data\r\n")):every("10s"):since("2m10s")
  expect(server:received("loc data\r\n")):every("20s"):since("2m10s")
end)
