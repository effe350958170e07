-- A meter and a line. The meter takes a reading every 20 s, hands it over with a message, and waits
-- until it has been sent before it takes the next one. The line also says `alive` every 7 s.
-- 一个抄表任务和一个连接任务。抄表任务每 20 秒读一次数，用消息交给连接任务，等发送完成之后再读下一次。
-- 连接任务另外每 7 秒发一次 `alive`。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999
local ALIVE_PERIOD, READING_PERIOD = 7000, 20000

-- Sends what is asked for, until the line is lost. 按要求发送，直到连接断开。
local function serve(client)
    while true do
        local ok, what, reading = client:recv(ALIVE_PERIOD, "READING")
        if ok then
            log.info("received", what)
        elseif what == "READING" then
            if not client:send(reading) then return end
            sys.publish("READING_SENT")
        elseif what == "timeout" then
            if not client:send("alive\r\n") then return end
        else
            return
        end
    end
end

sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local client = socket.tcp()
        if client:connect(ADDRESS, PORT) then serve(client) end
        client:close()
        sys.wait(2000)
    end
end)

-- One reading after the other, so that they arrive in order. 一次读数发完再读下一次，保证顺序。
sys.taskInit(function()
    local litres = 0
    while true do
        sys.wait(READING_PERIOD)
        litres = litres + 3
        sys.publish("READING", "litres " .. litres .. "\r\n")
        sys.waitUntil("READING_SENT")
    end
end)
