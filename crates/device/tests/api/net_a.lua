--! module air202
--! within 300
-- Generation A asks for signal and cell by itself: after 8 s, then each minute.
require "net"
local reports, cells = {}, 0
sys.regapp({
    GSM_SIGNAL_REPORT_IND = function(ok, rssi)
        assert(ok and rssi == 25)
        reports[#reports + 1] = math.floor(now() / 1000 + 0.5)
        return true
    end,
    CELL_INFO_IND = function(found)
        assert(found[1].lac == tonumber(net.getlac(), 16))
        cells = cells + 1
        return true
    end,
})
sys.taskInit(function()
    sys.wait(140000)
    assert(table.concat(reports, " ") == "8 68 128", table.concat(reports, " "))
    assert(cells == 2 and net.getrssi() == 25 and net.getta() == 0, cells)
    assert(net.getcell() == tonumber(net.getci(), 16) .. ".25.")
    net.setcsqqueryperiod(10000)
    net.setcengswitch(false)
    sys.wait(35000)
    assert(#reports == 6 and cells == 2, #reports .. " " .. cells)
    net.setcsqswitch(false)
    net.csqquery()
    net.cengquery()
    net.setled(true)
    net.startquerytimer()
    sys.wait(30000)
    assert(#reports == 7 and cells == 3)
    assert(net.getNetMode() == net.NetMode_GSM)
    done()
end)
