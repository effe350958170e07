--! within 100
-- `net.startQueryAll`: at once, then each period, each of the two by itself; nothing without a period.
require "net"
local signals, cells = {}, {}
sys.subscribe("GSM_SIGNAL_REPORT_IND", function() signals[#signals + 1] = now() end)
sys.subscribe("CELL_INFO_IND", function() cells[#cells + 1] = now() end)
local function forget() signals, cells = {}, {} end

sys.taskInit(function()
    assert(net.startQueryAll() == true)
    sys.wait(20000)
    assert(#signals == 1 and #cells == 1, #signals .. " " .. #cells)
    forget()
    assert(net.startQueryAll(1000, 4000) == true)
    sys.wait(8500)
    assert(#signals == 9 and #cells == 3, #signals .. " " .. #cells)
    local gap = signals[5] - signals[4]
    assert(gap >= 1000 and gap < 1100, gap)
    forget()
    net.stopQueryAll()
    sys.wait(8500)
    assert(#signals == 0 and #cells == 0)
    assert(net.getRssi() == 25 and net.getState() == "REGISTERED")
    done()
end)
