-- One task owns the line. It waits in `recv` for three things at once: data from the server, a
-- message from another task, or two quiet minutes.
-- 一个任务负责整个连接。它在 `recv` 里同时等待三件事：服务器的数据，其他任务的消息，或者两分钟没有动静。

module(..., package.seeall)

require "socket"

-- Put your own server here; a name works too.
-- 请改成自己的服务器，也可以写域名。
local ADDRESS, PORT = "192.0.2.1", 9999
-- Seconds to wait for the network before the module is restarted.
-- 等待网络就绪的秒数，超时后重启模块。
local NETWORK_GUARD = 90
-- Milliseconds without traffic after which the task pings, so that the line is not dropped.
-- 多少毫秒没有收发就发一次心跳，防止连接被断开。
local QUIET = 120000

-- Without a SIM card or with an unpaid bill the network never comes: restarting may help.
-- 没有卡或者欠费时网络一直不可用，重启也许有用。
local function waitForNetwork()
    local waited = 0
    while not socket.isReady() do
        sys.wait(1000)
        if waited == NETWORK_GUARD then sys.restart("no network") end
        waited = waited + 1
    end
end

-- Returns when the line is over.
-- 连接断开后返回。
local function serve(client)
    local received, sent = 0, 0
    while true do
        local ok, what, payload = client:recv(QUIET, "pub_msg")
        if ok then
            -- `what` is the data. 此时 `what` 是收到的数据。
            received = received + #what
            log.info("received", received, what:sub(1, 30))
        elseif what == "pub_msg" then
            -- Somebody published data to send. 其他任务要求发送数据。
            sent = sent + #payload
            log.info("to send", sent, payload:sub(1, 30))
            if not client:send(payload) then return end
        elseif what == "timeout" then
            log.info("quiet, ping")
            if not client:send("ping") then return end
        else
            log.info("line lost", what)
            return
        end
    end
end

sys.taskInit(function()
    while true do
        waitForNetwork()
        local client = socket.tcp()
        while not client:connect(ADDRESS, PORT) do sys.wait(2000) end
        serve(client)
        -- Always close: the number of connections is limited. 一定要关闭，连接数量有限。
        client:close()
        -- A server that is there and hangs up at once must not be called without a pause.
        -- 服务器在线却立即断开时，不能不停地重连。
        sys.wait(2000)
    end
end)

-- Another task that has something to say: ten messages, half a second apart. A message that is
-- published while the first task is busy sending is lost, so leave it time to come back to `recv`.
-- 另一个任务：每隔半秒发布一次，共十次。如果发布时连接任务正在发送，这条消息会丢失，所以要留出时间。
sys.taskInit(function()
    while not socket.isReady() do sys.wait(2000) end
    sys.wait(10000)
    for i = 1, 10 do
        sys.publish("pub_msg", string.rep("0123456789", 1024))
        sys.wait(500)
    end
end)
