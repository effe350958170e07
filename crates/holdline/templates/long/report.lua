en|-- Holds one connection: sends a heartbeat when it is quiet, prints what the server sends, and
en|-- connects again when it is lost, more and more slowly while that fails.
zh|-- 保持一个长连接：空闲时发心跳，打印服务器发来的数据；断开后重连，连续失败时间隔越来越长。

en|-- Makes this file a module: its global functions can be used by every other file as `report.name`.
zh|-- 把本文件变成模块：其他文件可以用 `report.名字` 使用其中的全局函数。
module(..., package.seeall)

require "socket"

en|-- The server: this machine, for a first try. Put yours here before you flash a module; a name works too.
zh|-- 服务器：先用本机试验。烧录模块之前请改成你自己的服务器，也可以写域名。
local ADDRESS, PORT = "127.0.0.1", 9999
en|-- Milliseconds without traffic after which a heartbeat is sent, so that nobody on the way drops the line.
zh|-- 多少毫秒没有收发就发一次心跳，防止连接被中途断开。
local HEARTBEAT = 30000
en|-- Milliseconds from a lost connection to the next try. It doubles with each failure up to the maximum:
en|-- when a server comes back, a thousand devices must not fall on it all at once, again and again.
zh|-- 断开后多少毫秒重连。每失败一次加倍，直到最大值：否则服务器恢复时，上千台设备会不停地同时涌来。
local PAUSE, PAUSE_MAX = 2000, 60000
en|-- Milliseconds to wait for the network before the module is restarted.
zh|-- 等待网络就绪的毫秒数，超时后重启模块。
local NETWORK_GUARD = 300000

en|-- Returns when the line is over: whether it has been good for anything.
zh|-- 连接断开后返回：这次连接是否有用。
local function serve(client)
    local is_good = false
    while true do
        local ok, what = client:recv(HEARTBEAT)
        if ok then
en|            -- `what` is the data. Your own protocol goes here.
zh|            -- 此时 `what` 是收到的数据，在这里处理你自己的协议。
            log.info("received", what)
        elseif what == "timeout" then
en|            -- `send` is true once the server's side has acknowledged it.
zh|            -- 服务器一侧确认收到后，`send` 才返回 true。
            if not client:send("heartbeat\r\n") then return is_good end
            is_good = true
        else
            return is_good
        end
    end
end

sys.taskInit(function()
    local pause = PAUSE
    while true do
        if not socket.isReady() and not sys.waitUntil("IP_READY_IND", NETWORK_GUARD) then
            sys.restart("no network")
        end
        local client = socket.tcp()
        if client:connect(ADDRESS, PORT) and serve(client) then pause = PAUSE end
en|        -- Close in any case, also what never stood: the number of connections is limited.
zh|        -- 不论成败都要关闭，没连上的也一样：连接数量有限。
        client:close()
        log.info("no connection", "next try in ms", pause)
        sys.wait(pause)
        pause = math.min(pause * 2, PAUSE_MAX)
    end
end)
