--! within 92
-- A connect without an answer for 90 s restarts the device; the time a pended one waits is no part.
require "socket"

assert(socket.connect(1, "TCP", "silent", 1, function() error("no event") end))
restarts("link.connectingtimerfunc")
sys.timer_start(function() error("too late") end, 91100)
sys.timer_start(function() assert(now() > 90000) end, 90500)
