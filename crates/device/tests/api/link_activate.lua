--! within 20
-- The cell is lost between attach and address: nobody answers, and the device restarts or says so.
require "socket"

local heard = 0
link.checkciicr(3000)
link.setiperrcb(function() heard = heard + 1 end)
assert(socket.connect(1, "TCP", "peer", 1, function() end))
sys.timer_start(function() world("cell lost") end, 900)

sys.timer_start(function()
    assert(heard == 1, heard)
    link.setiperrcb(nil)
    world("cell found")
    -- Again attached 0.6 s later, and again without a cell.
    sys.timer_start(function() world("cell lost") end, 700)
    restarts("ciicrerrtmfnc")
end, 4000)
