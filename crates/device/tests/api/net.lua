--! module air724ug
-- Registration, cell, signal and flight mode, for both generations.
require "net"
assert(net.getState() == "INIT" and net.getstate() == "INIT" and net.flyMode == false)
assert(net.getRssi() == 0 and net.getLac() == "" and net.getCi() == "" and net.getCellInfo() == "")
assert(net.getMcc() == "" and net.getNetMode() == net.NetMode_noNet)
assert(net.startQueryAll(1000, 5000) == true)
assert(not pcall(function() net.getBand() end) and net.nonsense == nil)

local heard, told = {}, {}
local function hear(id) sys.subscribe(id, function(...) heard[#heard + 1] = table.concat({ id, tostring((...)) }, " ") end) end
for _, id in ipairs({ "NET_STATE_REGISTERED", "NET_STATE_UNREGISTER", "NET_CELL_CHANGED", "NET_UPD_NET_MODE", "FLYMODE" }) do hear(id) end
sys.regapp({
    NET_STATE_CHANGED = function(state) told[#told + 1] = state return true end,
    NET_CELL_CHANGED = function() told[#told + 1] = "cell" return true end,
})
local signals, cells = 0, 0
sys.subscribe("GSM_SIGNAL_REPORT_IND", function(ok, rssi)
    assert(ok == true and rssi == net.getRssi())
    signals = signals + 1
end)
sys.subscribe("CELL_INFO_IND", function(found)
    assert(type(found) == "table")
    cells = cells + 1
end)

local function is(list, words)
    assert(table.concat(list, ", ") == words, table.concat(list, ", "))
    for i = #list, 1, -1 do list[i] = nil end
end

sys.taskInit(function()
    sys.wait(100)
    assert(signals == 1 and cells == 1 and net.getRssi() == 0, "asked at once, before there is a cell")
    sys.wait(1900)
    ok("registered")
    assert(net.getState() == "REGISTERED")
    is(heard, "NET_STATE_REGISTERED nil, NET_UPD_NET_MODE 4, NET_CELL_CHANGED nil")
    is(told, "REGISTERED, cell")
    assert(net.getMcc() == "460" and net.getMnc() == "04" and #net.getLac() == 4 and #net.getCi() == 8)
    assert(net.getNetMode() == net.NetMode_LTE and net.getRssi() == 25 and net.getRsrp() > 0)
    assert(net.getCellInfo() == tonumber(net.getLac(), 16) .. "." .. tonumber(net.getCi(), 16) .. ".25;")
    assert(net.getCellInfoExt() == "460.04." .. net.getCellInfo())
    assert(net.getCellInfoExt(true):find("%.%-63;$") and net.getcellinfoext() == net.getCellInfoExt())
    net.getMultiCell(function(found) assert(found[1].mcc == 460 and found[1].rssi == 25) sys.publish("CELLS") end)
    assert(sys.waitUntil("CELLS", 1000))
    net.getmulticell(function(text) assert(text == net.getcellinfoext()) sys.publish("CELLS") end)
    assert(sys.waitUntil("CELLS", 1000))

    ok("the cell goes and comes back")
    world("cell lost")
    sys.wait(2000)
    assert(net.getState() == "UNREGISTER" and net.getRssi() == 0 and net.getLac() ~= "")
    is(heard, "") -- subscribers do not hear of it
    is(told, "UNREGISTER")
    world("cell found")
    sys.wait(2000)
    is(heard, "NET_STATE_REGISTERED nil, NET_UPD_NET_MODE 4")
    is(told, "REGISTERED")

    ok("flight mode")
    net.switchFly(false)
    net.switchFly(true)
    net.switchFly(true)
    sys.wait(100)
    assert(net.flyMode == true and net.csqQueryPoll() == false)
    is(heard, "FLYMODE true")
    is(told, "UNREGISTER")
    local before = signals
    sys.wait(3000)
    assert(signals == before, "no query is answered without a radio")
    net.switchFly(false)
    sys.wait(3000)
    assert(net.flyMode == false and signals > before and net.csqQueryPoll(1000) == true)
    is(heard, "FLYMODE false, NET_STATE_REGISTERED nil, NET_UPD_NET_MODE 4")
    is(told, "REGISTERED")

    ok("without a card")
    world("sim removed")
    sys.wait(100)
    is(heard, "NET_STATE_UNREGISTER nil")
    is(told, "UNREGISTER")

    ok("a card that waits for its PIN, and a weak signal")
    world("sim inserted")
    sys.wait(2000)
    is(told, "REGISTERED")
    heard = {}
    world("sim locked")
    sys.wait(100)
    is(heard, "NET_STATE_UNREGISTER nil")
    is(told, "UNREGISTER")
    world("sim unlocked")
    world("signal", "5")
    sys.wait(2000)
    assert(net.getRssi() == 5 and net.getRsrp() == 20 and net.getCellInfoExt(true):find("%.%-103;$"))
    world("sim removed")
    sys.wait(100)

    net.stopQueryAll()
    before = signals
    sys.wait(5000)
    assert(signals == before and net.cengQueryPoll() == true)
    done()
end)
