--! within 70
-- A send over TLS that is never answered restarts the device, as any command does.
require "socketssl"

link.setTcpResendPara(1, 1)
assert(socketssl.connect(1, "TCP", "mute", 1, function(_, event)
    if event == "CONNECT" then socketssl.send(1, "x") end
end))
restarts("ril.atimeout_AT+SSLSEND")
