--! within 400
-- The module's numbers, clock, supply and flight mode.
require "misc"
assert(misc.getImei() == "" and misc.getSn() == "" and misc.getimei() == "")

local heard, told = {}, {}
for _, id in ipairs({ "IMEI_READY_IND", "SN_READY_IND", "TIME_UPDATE_IND", "TIME_CLK_IND", "FLYMODE" }) do
    sys.subscribe(id, function(what) heard[#heard + 1] = id .. (what == nil and "" or " " .. tostring(what)) end)
end
sys.regapp(function(id, what) told[#told + 1] = id .. (what == nil and "" or " " .. tostring(what)) return true end,
    "IMEI_READY", "SN_READY", "CLOCK_IND", "FLYMODE_IND")
local function is(list, words)
    assert(table.concat(list, ", ") == words, table.concat(list, ", "))
    for i = #list, 1, -1 do list[i] = nil end
end

sys.taskInit(function()
    sys.wait(1000)
    is(heard, "SN_READY_IND, IMEI_READY_IND")
    is(told, "SN_READY, IMEI_READY")
    local imei = misc.getImei()
    assert(#imei == 15 and imei:find("^%d+$") and misc.getimei() == imei)
    assert(#misc.getSn() > 0 and #misc.getMuid() > 0 and misc.getModelType() == "air724ug")
    assert(misc.getVersion() == rtos.get_version())
    assert(misc.getVbatt() == 4000 and misc.getvbatvolt() == 4000 and misc.getVbus() == false)
    assert(misc.getTemperature() == "")
    assert(sys.waitUntil("MODEL_TEMPERATURE_READT_IND", 1000) and misc.getTemperature() == "25")
    assert(misc.getCalib() and misc.getcalib() and misc.isnvalid())
    misc.openPwm(0, 500, 100)
    misc.closepwm(0)
    misc.set()
    assert(not pcall(misc.openPwm) and not pcall(function() misc.getAnt() end))

    ok("numbers can be written")
    misc.setSn("SN-1", function(went_well) sys.publish("WRITTEN", went_well) end)
    local _, went_well = sys.waitUntil("WRITTEN", 1000)
    assert(went_well == true and misc.getSn() == "SN-1")
    misc.setImei("12", function(written) sys.publish("WRITTEN", written) end)
    _, went_well = sys.waitUntil("WRITTEN", 1000)
    assert(went_well == false and misc.getImei() == imei)

    ok("the clock")
    assert(misc.getClock().hour == 8 and misc.getWeek() == 1 and misc.getclockstr():find("^240101080"))
    local t = { year = 2030, month = 2, day = 3, hour = 4, min = 5, sec = 50 }
    misc.setClock(t, function(clock, set) sys.publish("SET", clock, set) end)
    local _, clock, set = sys.waitUntil("SET", 1000)
    assert(clock == t and set == true and misc.getWeek() == 7)
    is(heard, "TIME_UPDATE_IND")
    misc.setClock({ year = 2039 }, function(_, ok) sys.publish("SET", ok) end)
    _, set = sys.waitUntil("SET", 1000)
    assert(set == false)
    misc.setClock("now", function(_, ok) sys.publish("SET", ok) end)
    _, set = sys.waitUntil("SET", 1000)
    assert(set == false and misc.getclockstr() == "300203040550")
    sys.wait(10500)
    assert(os.date("%S") == "00")
    is(heard, "TIME_CLK_IND")
    is(told, "CLOCK_IND")
    sys.setworkmode(sys.SIMPLE_MODE)
    sys.wait(60000)
    is(heard, "TIME_CLK_IND")
    is(told, "")
    misc.setclkswitch(true)
    misc.setclock({ year = 2031, month = 1, day = 1, hour = 0, min = 0, sec = 58 },
        function(command, good, response) sys.publish("SET", command, good, response) end)
    local _, command, good, response = sys.waitUntil("SET", 1000)
    assert(command:find("^AT%+CCLK") and good == true and response == "OK")
    sys.wait(2500)
    is(told, "CLOCK_IND")
    is(heard, "TIME_CLK_IND")

    ok("flight mode")
    misc.setflymode(false)
    sys.wait(10)
    is(told, "FLYMODE_IND false")
    misc.setflymode(true)
    sys.wait(10)
    is(told, "FLYMODE_IND true")
    misc.setflymode(false)
    sys.wait(10)
    is(told, "FLYMODE_IND false")

    ok("generation A restarts with its new number")
    restarts("misc.setimei")
    misc.setimei("490154203237518")
end)
