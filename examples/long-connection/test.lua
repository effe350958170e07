-- Holds one TCP connection: a heartbeat every 10 s, a position every 20 s, and a new connection
-- whenever the old one is lost.
-- 保持一个 TCP 长连接：每 10 秒发一次心跳，每 20 秒发一次位置，断开后自动重连。

-- Makes this file a module: its global functions and variables can be used by every other file.
-- 把本文件变成模块：其中的全局函数和变量可以被任何文件使用。
module(..., package.seeall)

require "socket"

-- The server. Put the address of yours here; a name works as well as a number.
-- 服务器。请改成你自己的地址，域名和 IP 都可以。
local SCK_IDX, PROT, ADDR, PORT = 1, "TCP", "120.26.196.195", 9999

-- How often each report is sent, in milliseconds.
-- 各种数据的发送间隔，单位毫秒。
local HEART_PERIOD, LOC_PERIOD = 10000, 20000

-- One round is up to RECONN_MAX_CNT attempts, RECONN_PERIOD seconds apart. After a round in vain
-- comes a pause of RECONN_CYCLE_PERIOD seconds; after RECONN_CYCLE_MAX_CNT rounds, a restart.
-- 一轮最多重连 RECONN_MAX_CNT 次，每次间隔 RECONN_PERIOD 秒。一轮都失败后等待
-- RECONN_CYCLE_PERIOD 秒再开始下一轮；连续 RECONN_CYCLE_MAX_CNT 轮失败后重启。
local RECONN_MAX_CNT, RECONN_PERIOD = 3, 5
local RECONN_CYCLE_MAX_CNT, RECONN_CYCLE_PERIOD = 3, 20

-- linksta: whether the connection stands. conning: whether an attempt is under way.
-- reconncnt: attempts in this round. reconncyclecnt: rounds in vain, one after the other.
-- linksta：是否已连接。conning：是否正在连接。
-- reconncnt：本轮已重连的次数。reconncyclecnt：连续失败的轮数。
local linksta, conning = false, false
local reconncnt, reconncyclecnt = 0, 0

-- A function must stand above the place that calls it if it is local. Functions that call each
-- other in a circle, like these, are left global to the module: then the order does not matter.
-- 局部函数必须写在调用它的地方之前。下面这些函数互相调用，所以不加 local，
-- 作为模块内的全局函数，先后顺序就没有关系。
local function print(...)
    _G.print("test", ...)
end

-- Asks for the connection. Without a network the request waits until there is one.
-- 请求连接后台。网络未就绪时，请求会等到网络就绪后自动进行。
function connect()
    conning = true
    socket.connect(SCK_IDX, PROT, ADDR, PORT, ntfy, rcv)
end

-- Sends data; para comes back with the result, so that it is known which report it was.
-- 发送数据；para 会随发送结果一起返回，用来区分是哪种数据。
function snd(data, para)
    return socket.send(SCK_IDX, data, para)
end

function heartrpt()
    print("heartrpt", linksta)
    if linksta then snd("heart data\r\n", "HEARTRPT") end
end

function locrpt()
    print("locrpt", linksta)
    if linksta then snd("loc data\r\n", "LOCRPT") end
end

-- A report has been sent, or not: the next one follows after its period.
-- 一次数据发送结束（成功或失败），间隔一段时间后再次发送。
function sndcb(item, result)
    print("sndcb", item.para, result)
    if not linksta then return end
    if item.para == "LOCRPT" then
        sys.timer_start(locrpt, LOC_PERIOD)
    elseif item.para == "HEARTRPT" then
        sys.timer_start(heartrpt, HEART_PERIOD)
    end
end

-- Tries again, unless an attempt is under way. A round in vain is followed by a pause.
-- 重连；如果正在连接则不重复。一轮失败后暂停一段时间。
function reconn()
    print("reconn", reconncnt, conning, reconncyclecnt)
    if conning then return end
    if reconncnt < RECONN_MAX_CNT then
        reconncnt = reconncnt + 1
        link.shut()
        connect()
        return
    end
    reconncnt, reconncyclecnt = 0, reconncyclecnt + 1
    if reconncyclecnt >= RECONN_CYCLE_MAX_CNT then sys.restart("connect fail") end
    sys.timer_start(reconn, RECONN_CYCLE_PERIOD * 1000)
end

-- The connection is gone, by the server or by the network. So is an attempt that was under way:
-- where the network takes the address back meanwhile, STATE SHUTED is all that is ever said of it.
-- 连接已断开，不论是服务器还是网络造成的。正在进行的连接也就此结束：如果此时网络收回了 IP，
-- 只会有 STATE SHUTED 事件，不会再有 CONNECT 的结果。
local function lost()
    linksta = false
    conning = false
    sys.timer_stop(heartrpt)
    sys.timer_stop(locrpt)
    reconn()
end

-- Hears what becomes of the connection: evt is what happened, result how it went, and item, for a
-- SEND, what was given to socket.send.
-- 处理连接的各种事件：evt 是事件，result 是结果，item 是 SEND 事件中传给 socket.send 的内容。
function ntfy(idx, evt, result, item)
    print("ntfy", evt, result, item)
    if evt == "CONNECT" then
        conning = false
        if result then
            reconncnt, reconncyclecnt, linksta = 0, 0, true
            sys.timer_stop(reconn)
            heartrpt()
            locrpt()
        else
            sys.timer_start(reconn, RECONN_PERIOD * 1000)
        end
    elseif evt == "SEND" then
        if item then sndcb(item, result) end
        -- The network may be at fault, so the data link is shut; STATE SHUTED follows.
        -- 可能是网络异常，所以关闭数据链路；随后会收到 STATE SHUTED 事件。
        if not result then link.shut() end
    elseif evt == "STATE" and (result == "CLOSED" or result == "SHUTED") then
        lost()
    end
    if type(result) == "string" and string.match(result, "ERROR") then link.shut() end
end

-- Hears what the server sends.
-- 处理服务器发来的数据。
function rcv(idx, data)
    print("rcv", data)
end

connect()
