-- One task does it all, from top to bottom: connect, send, close, wait. Each call waits until it is
-- done, so the program reads like the plan.
-- 一个任务从上到下完成所有工作：连接，发送，关闭，等待。每个调用都会等到有结果才返回，所以程序读起来就像计划本身。

module(..., package.seeall)

require "socket"

-- Put your own server here; a name works too.
-- 请改成自己的服务器，也可以写域名。
local ADDRESS, PORT = "192.0.2.1", 9999
-- Milliseconds from one report to the next, and from a failed try to the next.
-- 两次上报之间的间隔，以及失败之后到下一次尝试的间隔，单位毫秒。
local PERIOD, RETRY_PERIOD = 20000, 5000
-- Milliseconds to wait for the network before the radio is switched off and on.
-- 等待网络就绪的毫秒数，超时后开关一次飞行模式。
local NETWORK_TIMEOUT = 120000
-- After so many failures in a row the radio is switched off and on, too.
-- 连续失败这么多次之后也开关一次飞行模式。
local FLY_AFTER = 5

-- Sends one report on a line of its own; whether it has arrived.
-- 用一个新连接发送一条数据；返回是否成功。
local function report(data)
    -- A client is good for one line only, so each report has a new one.
    -- 一个客户端对象只用于一次连接，所以每次都新建。
    local client = socket.tcp()
    local ok = client:connect(ADDRESS, PORT) and client:send(data)
    -- Close in any case: the number of lines is limited. 不论成败都要关闭，连接数量有限。
    client:close()
    return ok
end

-- Looks for the network from the beginning. 重新寻找网络。
local function refresh()
    log.info("refresh")
    net.switchFly(true)
    sys.wait(5000)
    net.switchFly(false)
end

sys.taskInit(function()
    local failures = 0
    while true do
        if not socket.isReady() and not sys.waitUntil("IP_READY_IND", NETWORK_TIMEOUT) then
            refresh()
        elseif report("report\r\n") then
            failures = 0
            sys.wait(PERIOD)
        else
            failures = failures + 1
            log.info("failed", failures)
            if failures % FLY_AFTER == 0 then refresh() end
            sys.wait(RETRY_PERIOD)
        end
    end
end)
