-- Sends a position every 10 s over one client, which is made once and connected as often as needed.
-- 每 10 秒上报一次位置。客户端对象只创建一次，断开之后用它重新连接。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999
local PERIOD, PAUSE = 10000, 5000

sys.taskInit(function()
    local client = socket.tcp()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        if client:connect(ADDRESS, PORT) then
            while client:send("pos 31.23 121.47\r\n") do sys.wait(PERIOD) end
        end
        client:close()
        sys.wait(PAUSE)
    end
end)
