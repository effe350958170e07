-- Holds one connection and reports on it every 15 s.
-- 保持一个连接，每 15 秒上报一次。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999
local PERIOD, KEEP_ALIVE = 15000, 120

-- The connection that stands, if one does. 当前的连接，没有则为 nil。
local client

-- Begins to report, now that we are connected. 连接成功之后开始定时上报。
local function startReports()
    sys.timerLoopStart(function()
        if client then client:asyncSend("level 42\r\n") end
    end, PERIOD)
end

sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local line = socket.tcp()
        if line:connect(ADDRESS, PORT) then
            client = line
            startReports()
            -- False when the connection is over. 连接断开时返回 false。
            while line:asyncSelect(KEEP_ALIVE, "ping") do end
            client = nil
        end
        line:close()
        sys.wait(3000)
    end
end)
