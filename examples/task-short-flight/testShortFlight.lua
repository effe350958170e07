-- Connects, sends one report, closes, and turns the radio off for five minutes. In flight mode the
-- module needs the least power; the price is that it has to find its network again each time.
-- 连接，发送一条数据，关闭，然后进入飞行模式五分钟。飞行模式最省电，代价是每次都要重新寻找网络。

module(..., package.seeall)

require "socket"

-- Put your own server here; a name works too.
-- 请改成自己的服务器，也可以写域名。
local ADDRESS, PORT = "192.0.2.1", 9999
-- Milliseconds in flight mode. 在飞行模式中停留的毫秒数。
local FLIGHT_PERIOD = 300000
-- Milliseconds to wait for the network, and from a failed try to the next.
-- 等待网络就绪的毫秒数，以及失败之后到下一次尝试的间隔。
local NETWORK_TIMEOUT, RETRY_PERIOD = 120000, 5000
-- Tries for each report. If all fail, the next is five minutes away; after so many such rounds the
-- module starts anew.
-- 每次上报的尝试次数。如果都失败，就等五分钟后再来；连续这么多轮都失败之后重启模块。
local TRIES, ROUNDS = 3, 12

-- One try on a line of its own; whether the report has arrived.
-- 用一个新连接尝试一次；返回是否成功。
local function try(data)
    local client = socket.tcp()
    local ok = client:connect(ADDRESS, PORT) and client:send(data)
    -- Close in any case, and before the radio goes: `close` waits until the line is closed.
    -- 不论成败都要关闭，而且要在关闭射频之前；`close` 会等到连接真正断开。
    client:close()
    return ok
end

local function report(data)
    -- The radio was off: wait until the network is back. 刚退出飞行模式，先等网络恢复。
    if not socket.isReady() and not sys.waitUntil("IP_READY_IND", NETWORK_TIMEOUT) then return false end
    for i = 1, TRIES do
        if try(data) then return true end
        log.info("failed", i)
        sys.wait(RETRY_PERIOD)
    end
    return false
end

sys.taskInit(function()
    local rounds = 0
    while true do
        rounds = report("report\r\n") and 0 or rounds + 1
        if rounds == ROUNDS then sys.restart("no report gets through") end
        net.switchFly(true)
        sys.wait(FLIGHT_PERIOD)
        net.switchFly(false)
    end
end)
