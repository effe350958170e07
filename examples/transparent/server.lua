-- The server's side: one connection that comes back, and one pack under way at a time.
-- 服务器一侧：断开后自动重连，同一时间只发送一包。
--
-- A pack is given up only when its SEND was true. When a connection ends while a pack is under way,
-- nobody on this side can know how much of it has arrived: nothing, a part, or all of it with only
-- the confirmation lost. This program sends the whole pack again. So no byte is lost, but up to one
-- pack may arrive twice at the place where the connection changed. A server that cannot live with
-- that needs numbers inside the data.
-- 只有 SEND 结果为 true 才认为这一包已送达。如果发送途中连接断开，这一侧无法知道服务器收到了多少：
-- 可能没有，可能一部分，也可能全部收到而只是丢了确认。本程序会把整包重发一次，所以不会丢数据，
-- 但在换连接的地方最多可能重复一包。服务器若不能接受重复，就要在数据里加序号。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local IDX, PROT, ADDRESS, PORT = 1, "TCP", "192.0.2.1", 9999
-- From the end of a connection to the next try, in ms. 断开多久之后重连，单位毫秒。
local AGAIN_MS = 1000

local is_online, is_sending = false, false
-- Bytes that were sent again. 重发的字节数。
local again = 0

function online() return is_online end

local function connect()
    socket.connect(IDX, PROT, ADDRESS, PORT, ntfy, rcv)
end

-- Sends the oldest pack, unless one is under way. 发送最早的一包；已有一包在发送时不做任何事。
function wake()
    local pack = serial.first()
    if is_online and not is_sending and pack then
        is_sending = socket.send(IDX, pack)
    end
end

local function lost()
    is_online, is_sending = false, false
    -- Started again while it runs, the timer begins anew, so it does no harm to come here twice.
    -- 定时器已在运行时再次启动只会重新计时，所以多次调用也没有关系。
    sys.timer_start(connect, AGAIN_MS)
    serial.take()
end

local function sent(result, item)
    is_sending = false
    if result then
        serial.done()
        return wake()
    end
    again = again + #item.data
    -- The line may still stand, but is no use any more; STATE or DISCONNECT follows.
    -- 连接可能还在，但已经不可用；随后会收到 STATE 或 DISCONNECT 事件。
    socket.disconnect(IDX)
end

-- What becomes of the connection. 连接的各种事件。
function ntfy(idx, event, result, item)
    if event == "CONNECT" and result then
        is_online = true
        print("connected; thrown away so far", serial.thrown_away(), "sent again", again)
        wake()
    elseif event == "SEND" then
        sent(result, item)
    else
        -- No connection came, or it ended: CONNECT false, STATE or DISCONNECT.
        -- 没有连上，或者断开了：CONNECT 失败，STATE 或 DISCONNECT。
        lost()
    end
end

-- What the server sends is written as it comes. 服务器发来的数据原样写到串口。
function rcv(idx, data) serial.write(data) end

connect()
