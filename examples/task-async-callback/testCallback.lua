-- Data is not asked for but announced: the message SOCKET_RECV says that something came for a
-- client, and the callback takes it and answers.
-- 不需要轮询：收到数据时系统发布消息 SOCKET_RECV，在回调函数里取出数据并回复。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999
local KEEP_ALIVE = 60

local client

-- `id` says which client; with several, compare it with theirs.
-- `id` 表示是哪个客户端，有多个连接时用它区分。
sys.subscribe("SOCKET_RECV", function(id)
    if not client or client.id ~= id then return end
    local data = client:asyncRecv()
    log.info("received", id, data)
    client:asyncSend("got " .. #data .. " bytes\r\n")
end)

sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local line = socket.tcp()
        while not line:connect(ADDRESS, PORT) do sys.wait(2000) end
        client = line
        while line:asyncSelect(KEEP_ALIVE, "ping") do end
        client = nil
        line:close()
        -- A server that is there and hangs up at once must not be called without a pause.
        -- 服务器在线却立即断开时，不能不停地重连。
        sys.wait(2000)
    end
end)
