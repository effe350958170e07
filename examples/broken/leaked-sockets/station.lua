-- A weather station on one link: a report every 10 s, and another link when the first is gone.
-- 气象站：用一个链接每 10 秒上报一次，断开之后换一个链接。

module(..., package.seeall)

require "link"

-- Put your own server here. 请改成自己的服务器。
local PROT, ADDR, PORT = "TCP", "192.0.2.1", 9999
local PERIOD, RETRY_PERIOD = 10000, 5000

-- The number of the link that is in use. 正在使用的链接编号。
local id

local function print(...)
    _G.print("station", ...)
end

function report()
    link.send(id, "wind 4 rain 0\r\n")
end

function connect()
    id = link.open(ntfy, rcv)
    link.connect(id, PROT, ADDR, PORT)
end

-- Hears what becomes of the link. 处理链接的各种事件。
function ntfy(which, evt, result)
    print("ntfy", which, evt, result)
    if evt == "CONNECT" then
        if result == "CONNECT OK" then
            report()
        else
            -- It could not be made: another one, after a while. 没有连上，过一会儿换一个链接再试。
            sys.timer_start(connect, RETRY_PERIOD)
        end
    elseif evt == "SEND" and result == "SEND OK" then
        sys.timer_start(report, PERIOD)
    elseif evt == "SEND" or evt == "STATE" then
        -- It is lost: close it, so that its number is free again. 链接断开：关闭它，释放编号。
        link.close(which)
    elseif evt == "CLOSE" then
        sys.timer_stop(report)
        sys.timer_start(connect, RETRY_PERIOD)
    end
end

-- Hears what the server sends. 处理服务器发来的数据。
function rcv(which, data)
    print("rcv", which, data)
end

connect()
