-- The task only keeps the line: `asyncSelect` sends what others hand over, and a ping when nothing
-- was sent for a while. Sending and receiving happen anywhere.
-- 任务只负责保持连接：`asyncSelect` 发送别处交来的数据，一段时间没有发送就自动发心跳。收发可以在任何地方进行。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999
-- Seconds without a send after which the ping goes out. 多少秒没有发送就发心跳。
local KEEP_ALIVE = 60

-- The client while it is connected. 连接成功后的客户端对象。
local client

sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local line = socket.tcp()
        while not line:connect(ADDRESS, PORT) do sys.wait(2000) end
        client = line
        -- False when the line is over. 连接断开时返回 false。
        while line:asyncSelect(KEEP_ALIVE, "ping") do end
        client = nil
        line:close()
        -- A server that is there and hangs up at once must not be called without a pause.
        -- 服务器在线却立即断开时，不能不停地重连。
        sys.wait(2000)
    end
end)

-- Reports every 90 seconds, with a ping between. `asyncSend` returns at once.
-- 每 90 秒上报一次，两次上报之间有一次心跳。`asyncSend` 立即返回。
sys.timerLoopStart(function()
    if client then client:asyncSend("report\r\n") end
end, 90000)

-- Looks every second whether something came; "" means nothing. 每秒查看一次，没有数据时返回 ""。
sys.timerLoopStart(function()
    if not client then return end
    local data = client:asyncRecv()
    if data ~= "" then log.info("received", data) end
end, 1000)
