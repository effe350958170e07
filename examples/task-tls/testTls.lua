-- One task owns the line. What goes over it is encrypted, but without `caCert` nobody checks who is
-- at the other end: anybody between here and the server could answer in its place. Good for a
-- first try; task-tls-server-check shows how to check.
-- 一个任务负责整个连接。数据是加密的，但没有 `caCert` 就不验证对方是谁，中间的任何人都可以冒充服务器。
-- 适合初次试验；如何验证见 task-tls-server-check。

module(..., package.seeall)

require "socket"

-- Put your own server here. examples/certificates/README.md starts one to try this out with.
-- 请改成自己的服务器。examples/certificates/README.md 说明如何启动一个试验用的服务器。
local ADDRESS, PORT = "tls.example.com", 8883
-- Milliseconds without traffic after which the task pings, so that the line is not dropped.
-- 多少毫秒没有收发就发一次心跳，防止连接被断开。
local QUIET = 60000
-- Milliseconds between two attempts to connect. A handshake is work for both sides, so take your time.
-- 两次连接之间的毫秒数。握手对双方都有开销，不要太频繁。
local PAUSE = 10000

-- Returns when the line is over. 连接断开后返回。
local function serve(client)
    if not client:send("hello\n") then return end
    while true do
        local ok, what = client:recv(QUIET)
        if ok then
            -- `what` is the data, decrypted already. 此时 `what` 是已经解密的数据。
            log.info("received", what)
        elseif what == "timeout" then
            if not client:send("ping\n") then return end
        else
            log.info("line lost", what)
            return
        end
    end
end

sys.taskInit(function()
    while true do
        -- Without a network in five minutes a restart may help. 五分钟没有网络，重启也许有用。
        if not socket.isReady() and not sys.waitUntil("IP_READY_IND", 300000) then
            sys.restart("no network")
        end
        local client = socket.tcp(true)
        -- `connect` is true once TCP stands and TLS is agreed on. Why it failed stands on Holdline's
        -- console; a module only says `connect fail`.
        -- TCP 连上并且 TLS 握手完成，`connect` 才返回 true。失败的原因见 Holdline 的输出，
        -- 模块上只有 `connect fail`。
        if client:connect(ADDRESS, PORT) then serve(client) end
        -- Always close: the number of connections is limited. 一定要关闭，连接数量有限。
        client:close()
        sys.wait(PAUSE)
    end
end)
