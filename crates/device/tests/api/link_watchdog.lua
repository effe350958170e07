--! within 60
-- A connect without an answer restarts the device only where the script has said so, and `link` alone
-- does not say it.
require "link"

local function nothing() end

sys.timer_start(function()
    assert(link.open(nothing, nothing) == 0 and link.open(nothing, nothing) == 1)
    link.setconnectnoretrestart(true, 5000)
    assert(link.connect(0, "TCP", "peer", 1))
    link.setconnectnoretrestart(false, 5000)
    assert(link.connect(1, "TCP", "silent", 1))
end, 2000)

-- The one was answered in time, for the other nobody watches.
sys.timer_start(function()
    assert(link.getstate(0) == "CONNECTED" and link.getstate(1) == "CONNECTING")
    assert(link.disconnect(1) == true)
end, 20000)

sys.timer_start(function()
    link.setconnectnoretrestart(true, 5000)
    assert(link.connect(1, "TCP", "silent", 1))
    restarts("link.connectingtimerfunc")
    sys.timer_start(error, 5100, "no restart after 5 s")
    sys.timer_start(nothing, 4900)
end, 22000)
