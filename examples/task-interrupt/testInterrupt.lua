-- One task owns the line and waits in `recv`. Whoever has something to send puts it into a list and
-- publishes a sign; the sign interrupts `recv`, and the task sends the list.
-- 一个任务负责连接，平时在 `recv` 中等待。谁要发送数据，就把数据放进列表并发布一个通知；
-- 通知会打断 `recv`，由任务把列表中的数据发出去。
--
-- Why a list, if a message can carry the data itself? Because a message that is published while the
-- task is busy sending is lost. A lost sign does no harm: the task looks into the list anyway before
-- it waits again.
-- 消息本身就能带数据，为什么还要列表？因为任务正在发送时，发布的消息会丢失。
-- 丢的只是通知就没有关系：任务在下一次等待之前总会先看列表。

module(..., package.seeall)

require "socket"

-- Put your own server here; a name works too.
-- 请改成自己的服务器，也可以写域名。
local ADDRESS, PORT = "192.0.2.1", 9999
-- What waits to be sent; when there is no line for long, the oldest is dropped.
-- 等待发送的数据；如果长时间没有连接，丢弃最旧的。
local waiting, WAITING_MAX = {}, 100
local SIGN = "SOCKET_SEND_SIGN"

-- Anybody may call this, at any time; it returns at once.
-- 任何地方任何时候都可以调用，立即返回。
function send(data)
    if #waiting == WAITING_MAX then table.remove(waiting, 1) end
    table.insert(waiting, data)
    sys.publish(SIGN)
end

-- Sends all that waits. What has not been confirmed goes back into the list and out on the next line.
-- 发送列表中的全部数据。没有确认的放回列表，换一个连接再发。
local function sendWaiting(client)
    while #waiting > 0 do
        local data = table.remove(waiting, 1)
        if not client:send(data) then
            table.insert(waiting, 1, data)
            return false
        end
    end
    return true
end

-- Returns when the line is over. `recv` waits without a limit: readings go out all the time, so the line
-- needs no ping.
-- 连接断开后返回。`recv` 一直等待：读数不断发出，不需要心跳。
local function serve(client)
    while sendWaiting(client) do
        local ok, what = client:recv(0, SIGN)
        if ok then
            -- `what` is the data. 此时 `what` 是收到的数据。
            log.info("received", what)
        elseif what ~= SIGN then
            log.info("line lost", what)
            return
        end
    end
end

sys.taskInit(function()
    while true do
        if not socket.isReady() then sys.waitUntil("IP_READY_IND", 120000) end
        local client = socket.tcp()
        if client:connect(ADDRESS, PORT) then serve(client) end
        -- Always close: the number of connections is limited. 一定要关闭，连接数量有限。
        client:close()
        sys.wait(2000)
    end
end)

-- Two that have something to say: a reading every ten seconds, and every half minute three alarms at
-- once, which no one could send one by one without a list.
-- 两个数据来源：每十秒一个读数；每半分钟同时来三个告警，没有列表就会丢掉。
local count = 0
sys.timerLoopStart(function()
    count = count + 1
    send("reading " .. count .. "\r\n")
end, 10000)
sys.timerLoopStart(function()
    for i = 1, 3 do send("alarm " .. i .. "\r\n") end
end, 30000)
