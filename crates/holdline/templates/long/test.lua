en|-- Each test is a small world: a server, a module with this project, and time that costs nothing.
en|-- `holdline test` runs them all; two hours take some milliseconds.
zh|-- 每个测试是一个小世界：一台服务器，一个运行本工程的模块，以及不花时间的时间。
zh|-- 用 `holdline test` 运行；两小时只要几毫秒。

en|test("sends a heartbeat every 30 s", function(world)
zh|test("每 30 秒发一次心跳", function(world)
    local server = world:server(9999)
    world:boot()
    world:run("10m")
    expect(server:received("heartbeat\r\n")):every("30s"):since("1m")
end)

en|test("prints what the server sends", function(world)
zh|test("打印服务器发来的数据", function(world)
    local server = world:server(9999)
    local device = world:boot()
    world:run("1m")
    server:send("hello, device")
    world:run("5s")
    expect(device:log("hello, device")):exactly(1)
end)

en|test("comes back after the server was down for an hour", function(world)
zh|test("服务器停机一小时后恢复连接", function(world)
    local server = world:server(9999)
    world:boot()
    world:run("5m")
    server:down("1h")
    world:run("2h")
    expect(server:received("heartbeat\r\n")):every("30s"):since("1h10m")
end)

en|test("does not storm a server that is down", function(world)
zh|test("服务器停机时，不会疯狂重连", function(world)
    local server = world:server(9999)
    local device = world:boot()
    world:run("5m")
    server:down("1h")
    world:run("1h")
    expect(device:log("no connection")):at_least(50)
    expect(device:log("no connection")):at_most(100)
end)
