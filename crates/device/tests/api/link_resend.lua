--! within 80
-- Fewer resends also mean a shorter wait for the answer to a send: 2 x 5 + 60 s.
require "socket"

pcall(link.setTcpResendPara, 0 / 0, 5) -- no number is no fault of ours
link.setTcpResendPara(2, 5)

assert(socket.connect(1, "TCP", "mute", 1, function()
    assert(socket.send(1, "x"))
    sys.timer_start(function() restarts("ril.atimeout_AT+CIPSEND") end, 69900)
end))
