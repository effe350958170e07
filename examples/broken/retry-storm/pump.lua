-- Holds one connection with a heartbeat every 10 s, and is connected again as fast as can be.
-- 保持一个连接，每 10 秒发一次心跳，断开之后尽快重连。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local SCK_IDX, PROT, ADDR, PORT = 1, "TCP", "192.0.2.1", 9999
local HEART_PERIOD = 10000

local function print(...)
    _G.print("pump", ...)
end

function connect()
    socket.connect(SCK_IDX, PROT, ADDR, PORT, ntfy, rcv)
end

function heart()
    socket.send(SCK_IDX, "pump ok\r\n", "HEART")
end

-- Hears what becomes of the connection. 处理连接的各种事件。
function ntfy(idx, evt, result)
    print("ntfy", evt, result)
    if evt == "CONNECT" and result then
        heart()
    elseif evt == "SEND" and result then
        sys.timer_start(heart, HEART_PERIOD)
    elseif evt == "SEND" then
        -- It may be dead without anybody knowing: end it. 连接可能已经失效，主动断开。
        socket.disconnect(SCK_IDX)
    else
        -- Not connected, or no longer: try again. 没有连上或者已经断开：重连。
        sys.timer_stop(heart)
        connect()
    end
end

-- Hears what the server sends. 处理服务器发来的数据。
function rcv(idx, data)
    print("rcv", data)
end

connect()
