-- Connects, sends one report, closes, and turns the radio off for five minutes. In flight mode the
-- module needs the least power; the price is that it has to find its network again each time.
-- 连接后台，发送一条数据，断开，然后进入飞行模式五分钟。飞行模式最省电，代价是每次都要重新寻找网络。

module(..., package.seeall)

require "socket"
-- Flight mode is a function of misc, which has to be required by name.
-- 飞行模式的接口在 misc 中，需要单独 require。
require "misc"

-- The server. Put the address of yours here; a name works as well as a number.
-- 服务器。请改成你自己的地址，域名和 IP 都可以。
local SCK_IDX, PROT, ADDR, PORT = 1, "TCP", "192.0.2.1", 9999

-- Milliseconds in flight mode after a report, and after one that failed.
-- 上报成功之后、失败之后，在飞行模式中停留的毫秒数。
local FLIGHT_PERIOD, RETRY_PERIOD = 300000, 20000

-- A report may take so many milliseconds, finding the network included. Less than 90 s: that long
-- without an answer to a connect, and the library restarts the module by itself.
-- 一次上报最多允许的毫秒数，包括寻找网络的时间。应小于 90 秒：连接请求超过 90 秒没有回应，库会自行重启模块。
local REPORT_TIMEOUT = 80000

-- After so many failures in a row the module starts anew.
-- 连续失败这么多次之后重启。
local RESTART_AFTER = 5

-- busy: a report is under way. sent: whether it has arrived. failures: how many failed in a row.
-- busy：正在上报。sent：这次是否发送成功。failures：连续失败的次数。
local busy, sent, failures = false, false, 0

local function print(...)
    _G.print("test", ...)
end

-- Begins a report. The radio comes up by itself, and the request waits for it.
-- 开始一次上报。网络会自动恢复，连接请求会等到网络就绪。
function report()
    busy, sent = true, false
    misc.setflymode(false)
    sys.timer_start(giveup, REPORT_TIMEOUT)
    if not socket.connect(SCK_IDX, PROT, ADDR, PORT, ntfy, rcv) then finish() end
end

-- No network, or no answer. A request that still waits must be taken back, or it would go out as
-- soon as there is a network, whoever wants it then.
-- 没有网络或者没有回应。还在等待的连接请求必须取消，否则网络恢复后它会自动发出。
function giveup()
    print("giveup")
    socket.disconnect(SCK_IDX)
    finish()
end

-- Ends a report, however it went: off goes the radio. Only the first call for a report counts.
-- 结束一次上报（不论成败）：关闭射频。一次上报可能多次调用，只有第一次有效。
function finish()
    if not busy then return end
    busy = false
    print("finish", sent, failures)
    sys.timer_stop(giveup)
    failures = sent and 0 or failures + 1
    if failures >= RESTART_AFTER then sys.restart("no report gets through") end
    misc.setflymode(true)
    sys.timer_start(report, sent and FLIGHT_PERIOD or RETRY_PERIOD)
end

-- Hears what becomes of the line: evt is what happened, result how it went.
-- 处理连接的各种事件：evt 是事件，result 是结果。
function ntfy(idx, evt, result, item)
    print("ntfy", evt, result)
    if evt == "CONNECT" then
        if result then
            socket.send(SCK_IDX, "report\r\n")
        else
            finish()
        end
    elseif evt == "SEND" then
        sent = result
        socket.disconnect(SCK_IDX)
    elseif evt == "DISCONNECT" or evt == "STATE" then
        -- Only now is the line closed on both sides, and the radio no longer needed; or the line
        -- broke before its time, however STATE puts it.
        -- 到这里连接才真正断开，不再需要射频；或者连接提前断开，不论 STATE 的内容是什么。
        finish()
    end
end

-- Hears what the server says while the line stands.
-- 处理连接期间服务器发来的数据。
function rcv(idx, data)
    print("rcv", data)
end

report()
