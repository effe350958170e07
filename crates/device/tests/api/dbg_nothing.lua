-- With nothing to report nobody is asked, and restarts are free at once; `dbg.restart` never waits.
require "dbg"
dbg.setup("TCP", "idle.test", 2001)
expects_none("idle.test")
sys.timer_start(function()
    sys.setrestart(false, 2)
    restarts("now")
    dbg.restart("now")
end, 5000)
