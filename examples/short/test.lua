-- Connects, sends one report, closes, and does the same again 20 s later. Nothing is held in
-- between, so a line that breaks while nobody needs it harms nobody.
-- 连接后台，发送一条数据，断开，20 秒后再来一次。两次之间不保持连接，所以空闲时网络断开也没有关系。

module(..., package.seeall)

require "socket"

-- The server. Put the address of yours here; a name works as well as a number.
-- 服务器。请改成你自己的地址，域名和 IP 都可以。
local SCK_IDX, PROT, ADDR, PORT = 1, "TCP", "192.0.2.1", 9999

-- Milliseconds from one report to the next, and from a report that failed to the next try.
-- 两次上报之间的间隔，以及失败之后到下一次尝试的间隔，单位毫秒。
local PERIOD, RETRY_PERIOD = 20000, 5000

-- So many failures in a row call for stronger means: a new data link, in the end a new start.
-- 连续失败这么多次之后采取进一步措施：先重新激活数据链路，最后重启。
local SHUT_AFTER, RESTART_AFTER = 3, 9

-- busy: a report is under way. sent: whether it has arrived. failures: how many failed in a row.
-- busy：正在上报。sent：这次是否发送成功。failures：连续失败的次数。
local busy, sent, failures = false, false, 0

local function print(...)
    _G.print("test", ...)
end

-- Begins a report. Without a network the request waits until there is one.
-- 开始一次上报。网络未就绪时，请求会等到网络就绪后自动进行。
function report()
    busy, sent = true, false
    -- False where the line before is still being closed: that is a failure like any other.
    -- 上一个连接还没有断开完毕时返回 false，当作一次失败处理。
    if not socket.connect(SCK_IDX, PROT, ADDR, PORT, ntfy, rcv) then finish() end
end

-- Ends a report, however it went, and plans the next. It may be called twice for one report, since
-- one fault can bring several events; only the first call counts.
-- 结束一次上报（不论成败）并安排下一次。一次故障可能带来多个事件，所以可能被调用多次，只有第一次有效。
function finish()
    if not busy then return end
    busy = false
    print("finish", sent, failures)
    if sent then
        failures = 0
        sys.timer_start(report, PERIOD)
        return
    end
    failures = failures + 1
    if failures >= RESTART_AFTER then sys.restart("no report gets through") end
    if failures % SHUT_AFTER == 0 then link.shut() end
    sys.timer_start(report, RETRY_PERIOD)
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
        -- Arrived or not, this line has done its work.
        -- 不论是否成功，这个连接的任务都完成了。
        sent = result
        socket.disconnect(SCK_IDX)
    elseif evt == "DISCONNECT" or evt == "STATE" then
        -- The line is closed on both sides, as asked for; or it broke before its time, however STATE
        -- puts it. A STATE that comes while we only wait is no concern.
        -- 连接已按要求断开；或者提前断开，不论 STATE 的内容是什么。如果只是在等待下一次上报，则不用理会。
        finish()
    end
end

-- Hears what the server says while the line stands.
-- 处理连接期间服务器发来的数据。
function rcv(idx, data)
    print("rcv", data)
end

report()
