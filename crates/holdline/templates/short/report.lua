en|-- Reports on a connection of its own each time: connect, send, close, wait. Each call waits until it is
en|-- done, so the program reads like the plan.
zh|-- 每次上报用一个新连接：连接，发送，关闭，等待。每个调用都会等到有结果才返回，所以程序读起来就像计划本身。

en|-- Makes this file a module: its global functions can be used by every other file as `report.name`.
zh|-- 把本文件变成模块：其他文件可以用 `report.名字` 使用其中的全局函数。
module(..., package.seeall)

require "socket"

en|-- The server: this machine, for a first try. Put yours here before you flash a module; a name works too.
zh|-- 服务器：先用本机试验。烧录模块之前请改成你自己的服务器，也可以写域名。
local ADDRESS, PORT = "127.0.0.1", 9999
en|-- Milliseconds from one report to the next.
zh|-- 两次上报之间的毫秒数。
local PERIOD = 60000
en|-- Milliseconds from a failed report to the next try. It doubles with each failure up to the maximum:
en|-- when a server comes back, a thousand devices must not fall on it all at once, again and again.
zh|-- 上报失败后多少毫秒再试。每失败一次加倍，直到最大值：否则服务器恢复时，上千台设备会不停地同时涌来。
local PAUSE, PAUSE_MAX = 5000, 60000
en|-- Milliseconds to wait for the network before the module is restarted.
zh|-- 等待网络就绪的毫秒数，超时后重启模块。
local NETWORK_GUARD = 300000

en|-- Sends one report; whether the server's side has acknowledged it.
zh|-- 发送一次；返回服务器一侧是否确认收到。
local function report(data)
en|    -- A client is good for one connection only, so each report has a new one.
zh|    -- 一个客户端对象只用于一次连接，所以每次都新建。
    local client = socket.tcp()
    local ok = client:connect(ADDRESS, PORT) and client:send(data)
en|    -- Close in any case, also what never stood: the number of connections is limited.
zh|    -- 不论成败都要关闭，没连上的也一样：连接数量有限。
    client:close()
    return ok
end

sys.taskInit(function()
    local pause = PAUSE
    while true do
        if not socket.isReady() and not sys.waitUntil("IP_READY_IND", NETWORK_GUARD) then
            sys.restart("no network")
        end
        if report("report\r\n") then
            pause = PAUSE
            sys.wait(PERIOD)
        else
            log.info("not reported", "next try in ms", pause)
            sys.wait(pause)
            pause = math.min(pause * 2, PAUSE_MAX)
        end
    end
end)
