-- The server's side: one task that holds the connection, sends packs and receives.
-- 服务器一侧：一个任务负责连接、发送和接收。
--
-- A pack is given up only when `send` was true. When a connection ends while a pack is under way,
-- nobody on this side can know how much of it has arrived: nothing, a part, or all of it with only
-- the confirmation lost. This program sends the whole pack again. So no byte is lost, but up to one
-- pack may arrive twice at the place where the connection changed. A server that cannot live with
-- that needs numbers inside the data.
-- 只有 `send` 返回 true 才认为这一包已送达。如果发送途中连接断开，这一侧无法知道服务器收到了多少：
-- 可能没有，可能一部分，也可能全部收到而只是丢了确认。本程序会把整包重发一次，所以不会丢数据，
-- 但在换连接的地方最多可能重复一包。服务器若不能接受重复，就要在数据里加序号。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999
-- From the end of a connection to the next try, in ms. 断开多久之后重连，单位毫秒。
local AGAIN_MS = 1000

local is_online = false
-- The task waits in `recv`, where a message wakes it. 任务正在 `recv` 中等待，可以用消息唤醒。
local is_idle = false
-- Bytes that were sent again. 重发的字节数。
local again = 0

function online() return is_online end

-- There is a pack. A message that is published while the task is elsewhere is lost, so it is only
-- a sign, and only given while somebody waits for it; the pack itself stays in its table.
-- 有新的包。任务不在 `recv` 中时发布的消息会丢失，所以消息只是一个通知，而且只在有人等待时才发，
-- 数据本身保存在表里。
function wake()
    if is_idle then sys.publish("PACK_READY") end
end

-- What has come meanwhile; "" means nothing. 期间收到的数据，没有则为 ""。
local function write_received(client)
    local data = client:asyncRecv()
    if data ~= "" then serial.write(data) end
end

-- Sends until there is no pack left; false when the connection is over.
-- 把所有的包发完；连接断开时返回 false。
local function send_packs(client)
    while serial.first() do
        if not client:send(serial.first()) then
            again = again + #serial.first()
            return false
        end
        serial.done()
        write_received(client)
    end
    return true
end

-- Carries bytes both ways until the connection is over. 双向传输，直到连接断开。
local function carry(client)
    while send_packs(client) do
        is_idle = true
        local ok, data = client:recv(0, "PACK_READY")
        is_idle = false
        if ok then
            serial.write(data)
        elseif data ~= "PACK_READY" then
            return
        end
    end
end

sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local client = socket.tcp()
        if client:connect(ADDRESS, PORT) then
            is_online = true
            log.info("connected", "thrown away so far", serial.thrown_away(), "sent again", again)
            carry(client)
            -- What came before the end is not lost. 断开之前收到的数据也要写出。
            write_received(client)
            is_online = false
            serial.take()
        end
        client:close()
        sys.wait(AGAIN_MS)
    end
end)
