en|-- Each test is a small world: a server, a module with this project, and time that costs nothing.
en|-- `holdline test` runs them all; two hours take some milliseconds.
zh|-- 每个测试是一个小世界：一台服务器，一个运行本工程的模块，以及不花时间的时间。
zh|-- 用 `holdline test` 运行；两小时只要几毫秒。

en|test("sends a heartbeat every 30 s over TLS", function(world)
zh|test("通过 TLS 每 30 秒发一次心跳", function(world)
    local server = world:server(8883)
    server:speaks_tls()
    world:boot()
    world:run("10m")
    expect(server:received_exactly("heartbeat\r\n")):every("30s"):since("1m")
    expect(server:connects()):exactly(1)
end)

en|test("prints what the server sends", function(world)
zh|test("打印服务器发来的数据", function(world)
    local server = world:server(8883)
    server:speaks_tls()
    local device = world:boot()
    world:run("1m")
    server:send("hello, device")
    world:run("5s")
    expect(device:log("hello, device")):exactly(1)
end)

en|test("comes back after the server was down for an hour", function(world)
zh|test("服务器停机一小时后恢复连接", function(world)
    local server = world:server(8883)
    server:speaks_tls()
    local device = world:boot()
    world:run("5m")
    server:down("1h")
    world:run("2h")
    expect(server:received("heartbeat\r\n")):every("30s"):since("1h10m")
en|    -- It was of use, so the next time it is back at once, and has no connection too many.
zh|    -- 这次连接有用，所以下次断开后马上重连，也没有多余的连接。
    server:close()
    world:run("5s")
    expect(server:connects()):exactly(1):within("5s")
    expect(device:sockets()):equals(1)
end)

en|test("restarts the module after five minutes without a network", function(world)
zh|test("五分钟没有网络就重启模块", function(world)
    local server = world:server(8883)
    server:speaks_tls()
    local device = world:boot()
    world:fault("registration lost for 310s")
    world:run("6m")
    expect(device:restarts("no network")):exactly(1)
    expect(server:connects()):exactly(1)
end)

en|test("tries again, and not too often, while no TLS can be agreed on", function(world)
zh|test("TLS 握手一直失败时会重试，但不会太频繁", function(world)
en|    -- This server takes connections and says nothing, so that no handshake comes to its end.
zh|    -- 这台服务器接受连接但不回应，所以握手不会成功。
    local server = world:server(8883)
    local device = world:boot()
    world:run("2h")
    expect(device:log("no connection")):at_least(20)
    expect(device:log("no connection")):at_most(150)
    expect(server:connects()):at_least(20)
    expect(server:received("heartbeat")):never()
end)
