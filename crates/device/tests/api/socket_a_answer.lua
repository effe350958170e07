--! within 130
-- A send without a confirmation restarts the device after 124 s, and so does a shut behind it.
require "socket"

local function rsp(_, evt)
    assert(evt == "CONNECT")
    assert(socket.send(1, "x"))
    link.shut()
    sys.timer_start(function() restarts("ril.atimeout_AT+CIPSEND") end, 123900)
end

assert(socket.connect(1, "TCP", "mute", 1, rsp))
