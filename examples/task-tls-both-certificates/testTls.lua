-- One task owns the line. The server proves who it is by its certificate, and the device by its own:
-- that takes the place of a user name and a password.
-- 一个任务负责整个连接。服务器用证书证明身份，设备也用自己的证书证明身份，代替用户名和密码。

module(..., package.seeall)

require "socket"

-- Put your own server here. examples/certificates/README.md starts one to try this out with.
-- 请改成自己的服务器。examples/certificates/README.md 说明如何启动一个试验用的服务器。
local ADDRESS, PORT = "tls.example.com", 8883
-- The files lie beside this one and are flashed with it. The key must stay secret: this one is an
-- example that everybody knows. Real devices have a key each.
-- 文件放在本文件旁边，一起烧录。密钥必须保密：这一个是公开的示例，实际的设备应当各有自己的密钥。
local CERTIFICATES = {
    caCert = "ca.crt",
    clientCert = "client.crt",
    clientKey = "client-example.key",
    -- What the key file is encrypted with; leave it out for a key that is not.
    -- 密钥文件的密码；没有加密就不用写。
    clientPassword = "example",
}
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
        local client = socket.tcp(true, CERTIFICATES)
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
