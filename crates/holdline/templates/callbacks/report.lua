en|-- Holds one connection: sends a heartbeat when the last one is through, prints what the server sends,
en|-- and connects again when it is lost, more and more slowly while that fails.
zh|-- 保持一个长连接：定时发心跳，打印服务器发来的数据；断开后重连，连续失败时间隔越来越长。

en|-- Makes this file a module: its global functions can be used by every other file as `report.name`.
en|-- The functions below call each other in a circle, so they are not local: then the order does not matter.
zh|-- 把本文件变成模块：其他文件可以用 `report.名字` 使用其中的全局函数。
zh|-- 下面的函数互相调用，所以不加 local，先后顺序就没有关系。
module(..., package.seeall)

require "socket"

en|-- The server: this machine, for a first try. Put yours here before you flash a module; a name works too.
zh|-- 服务器：先用本机试验。烧录模块之前请改成你自己的服务器，也可以写域名。
local IDX, PROT, ADDRESS, PORT = 1, "TCP", "127.0.0.1", 9999
en|-- Milliseconds from one heartbeat to the next.
zh|-- 两次心跳之间的毫秒数。
local HEARTBEAT = 30000
en|-- Milliseconds from a lost connection to the next try. It doubles with each failure up to the maximum:
en|-- when a server comes back, a thousand devices must not fall on it all at once, again and again.
zh|-- 断开后多少毫秒重连。每失败一次加倍，直到最大值：否则服务器恢复时，上千台设备会不停地同时涌来。
local PAUSE, PAUSE_MAX = 2000, 60000
en|-- Milliseconds in which one heartbeat must come through; else the module is restarted.
zh|-- 这么多毫秒内没有一次心跳成功，就重启模块。
local GUARD = 1800000

local is_online, pause = false, PAUSE

function connect()
    socket.connect(IDX, PROT, ADDRESS, PORT, ntfy, rcv)
end

function heartbeat()
    if is_online then socket.send(IDX, "heartbeat\r\n") end
end

en|-- The connection is gone, or was never there. Several events may say so; one of them counts.
zh|-- 连接已断开，或者没有连上。可能有好几个事件这样说，只算一次。
local function lost()
    is_online = false
en|    -- Else it would go on beating, twice as often after each new connection.
zh|    -- 不停掉的话，每次重连之后心跳就会多一份。
    sys.timer_stop(heartbeat)
    if not sys.timer_is_active(connect) then
        sys.timer_start(connect, pause)
        pause = math.min(pause * 2, PAUSE_MAX)
    end
end

en|-- One heartbeat is through, or not.
zh|-- 一次心跳成功或失败。
local function sent(ok)
    if ok then
        pause = PAUSE
        sys.timer_start(guard, GUARD)
        sys.timer_start(heartbeat, HEARTBEAT)
    else
en|        -- The line may still stand; it is no use any more. DISCONNECT follows.
zh|        -- 连接可能还在，但已经不可用；随后会收到 DISCONNECT 事件。
        socket.disconnect(IDX)
    end
end

en|-- Hears what becomes of the connection: event is what happened, result how it went.
zh|-- 处理连接的各种事件：event 是事件，result 是结果。
function ntfy(idx, event, result, item)
    print("ntfy", event, result)
    if event == "CONNECT" and result then
        is_online = true
        sys.timer_start(heartbeat, HEARTBEAT)
    elseif event == "SEND" then
        sent(result)
    elseif event == "CONNECT" or event == "DISCONNECT" or event == "STATE" then
        lost()
    end
end

en|-- Hears what the server sends. Your own protocol goes here.
zh|-- 处理服务器发来的数据，在这里实现你自己的协议。
function rcv(idx, data)
    print("received", data)
end

function guard()
    sys.restart("no heartbeat came through")
end

sys.timer_start(guard, GUARD)
connect()
