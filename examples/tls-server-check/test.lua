-- Holds one TLS connection to a server that has to prove who it is.
-- 保持一个 TLS 连接，并要求服务器证明自己的身份。

module(..., package.seeall)

require "socketssl"

-- The server: put the name of yours here. examples/certificates/README.md starts one to try this with.
-- 服务器：请改成你自己的域名。examples/certificates/README.md 说明如何启动一个试验用的服务器。
local SCK_IDX, PROT, ADDR, PORT = 1, "TCP", "tls.example.com", 8883

-- Whom we trust: the certificate of the authority that signed the server's (PEM text, which begins
-- with -----BEGIN CERTIFICATE-----). Put the file beside main.lua. `holdline doctor --tls HOST:PORT`
-- says which authority that is. The name in ADDR must be one of those in the server's certificate.
-- 信任的机构：签发服务器证书的机构的证书（PEM 文本，以 -----BEGIN CERTIFICATE----- 开头），
-- 放在 main.lua 旁边。`holdline doctor --tls 主机：端口` 会指出是哪个机构。
-- ADDR 必须是服务器证书中的名字之一。
local CHECK, CRT = true, { verifysvrcerts = { "ca.crt" } }

-- How often a heartbeat is sent, and how long to wait before connecting again; in milliseconds.
-- 心跳的间隔，以及重连之前的等待时间，单位毫秒。
local HEART_PERIOD, RECONN_PERIOD = 10000, 5000

local function print(...)
    _G.print("test", ...)
end

-- Asks for the connection. Without a network the request waits until there is one.
-- 请求连接。网络未就绪时，请求会等到网络就绪后自动进行。
function connect()
    socketssl.connect(SCK_IDX, PROT, ADDR, PORT, ntfy, rcv, CHECK, CRT)
end

function heartrpt()
    socketssl.send(SCK_IDX, "heart data\r\n")
end

-- The connection is gone, or was not made: try again after a while.
-- 连接断开或没有建立：过一会儿重连。
local function again()
    sys.timer_stop(heartrpt)
    sys.timer_start(connect, RECONN_PERIOD)
end

-- Hears what becomes of the connection.
-- 处理连接的各种事件。
function ntfy(idx, evt, result)
    print("ntfy", evt, result)
    if evt == "CONNECT" and result then
        heartrpt()
    elseif evt == "SEND" and result then
        sys.timer_start(heartrpt, HEART_PERIOD)
    elseif evt == "SEND" then
        -- After a send that failed nothing can be sent any more; DISCONNECT follows.
        -- 发送失败之后不能再发送；断开后会收到 DISCONNECT 事件。
        socketssl.disconnect(SCK_IDX)
    else
        again()
    end
end

-- Hears what the server sends.
-- 处理服务器发来的数据。
function rcv(idx, data)
    print("rcv", data)
end

connect()
