--! within 400
-- Without a report restarts are held off for two minutes; with nothing to report, not so long.
require "dbg"
sys.restart("held")
sys.timer_start(function()
    ok("still here")
    sys.setrestart(false, 1)
end, 119000)
sys.timer_start(function()
    ok("two may hold restarts off")
    restarts("held")
    sys.setrestart(true, 1)
end, 125000)
