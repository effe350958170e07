-- UDP is used as TCP is. There is no line, so nobody says when the server is gone: the only sign is
-- that no answer comes.
-- UDP 的用法和 TCP 一样。但是 UDP 没有连接，服务器不在了也不会有通知，只能根据有没有回复来判断。

module(..., package.seeall)

require "socket"

-- Put your own server here. 请改成自己的服务器。
local ADDRESS, PORT = "192.0.2.1", 9999

sys.taskInit(function()
    while true do
        while not socket.isReady() do sys.wait(1000) end
        local client = socket.udp()
        while not client:connect(ADDRESS, PORT) do sys.wait(2000) end
        repeat
            -- A report after ten seconds without data; data is printed.
            -- 十秒没有数据就上报一次，收到的数据打印出来。
            local ok, data = client:recv(10000)
            if ok then
                log.info("received", data)
            elseif data == "timeout" then
                ok = client:send("report\r\n")
            end
        until not ok
        client:close()
    end
end)
