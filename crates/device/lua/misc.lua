-- `misc`: the module's numbers, its clock, its supply, flight mode.

local here = ...
local host, core = here.host, here.core
local sys, lines = here.library("sys"), here.library("~lines")
local assert, next, tonumber, type = assert, next, tonumber, type

local ANSWER_MS = 20 -- from a request to its answer
local YEAR_MAX = 2038
local TEMPERATURE = "25" -- there is no thermometer

local misc = {}

-- `is_read`: whether the module has told its numbers; `ticks`: the switch of generation A;
-- `temperature`: the answer before.
function here.init.misc()
    return { is_read = false, ticks = false, temperature = "" }
end

local function later(act, ...)
    if act then sys.timerStart(act, ANSWER_MS, ...) end
end

-- Numbers ---------------------------------------------------------------------------------------

local function number(which)
    return here.dev.misc.is_read and host.identity(which) or ""
end

function misc.getImei() return number("imei") end
function misc.getSn() return number("sn") end
function misc.getMuid() return number("muid") end
function misc.getModelType() return number("model") end
function misc.getVersion() return core.rtos.get_version() end

function misc.setImei(imei, cb) later(cb, host.set_imei(imei)) end
function misc.setSn(sn, cb) later(cb, host.set_sn(sn)) end

misc.getimei, misc.getsn = misc.getImei, misc.getSn

-- Luat: generation A restarts with the new number, unless it is told how writing went.
local function written(ok, cb, which)
    if cb then return later(cb, ok) end
    if ok then sys.timerStart(core.rtos.restart, ANSWER_MS, which) end
end

function misc.setimei(imei, cb) written(host.set_imei(imei), cb, "misc.setimei") end
function misc.setsn(sn, cb) written(host.set_sn(sn), cb, "misc.setsn") end

local function read()
    here.dev.misc.is_read = true
    sys.dispatch("SN_READY")
    sys.dispatch("IMEI_READY")
    sys.publish("MODEL_NUMBER_READY_IND")
    sys.publish("SN_READY_IND")
    sys.publish("IMEI_READY_IND")
end

-- Clock -----------------------------------------------------------------------------------------

-- Each minute, when it begins.
local function minute()
    sys.publish("TIME_CLK_IND")
    if here.dev.misc.ticks or sys.getworkmode() == sys.FULL_MODE then sys.dispatch("CLOCK_IND") end
end

local function await_minute(told)
    if told then minute() end
    sys.timerStopAll(await_minute)
    sys.timerStart(await_minute, (60 - core.os.date("*t").sec) * 1000, true)
end

local function set_clock(t)
    if type(t) ~= "table" or not tonumber(t.year) or tonumber(t.year) > YEAR_MAX then return false end
    local ok = core.rtos.set_time(t.year, t.month, t.day, t.hour, t.min, t.sec)
    if ok then await_minute() end
    return ok
end

function misc.setClock(t, cb)
    local ok = set_clock(t)
    if ok then sys.publish("TIME_UPDATE_IND") end
    later(cb, t, ok)
end

function misc.setclock(t, cb)
    if type(t) == "table" and tonumber(t.year) and t.year > YEAR_MAX then return end
    local ok = set_clock(t)
    later(cb, "AT+CCLK", ok, ok and "OK" or "ERROR")
end

function misc.getClock() return core.os.date("*t") end
function misc.getclockstr() return core.os.date("%y%m%d%H%M%S") end

function misc.getWeek()
    local day = core.os.date("*t").wday - 1
    return day == 0 and 7 or day
end

function misc.setclkswitch(on) here.dev.misc.ticks = on and true or false end

misc.getclock, misc.getweek = misc.getClock, misc.getWeek

-- Supply and the like ---------------------------------------------------------------------------

function misc.getVbatt()
    local _, millivolts = core.pmd.param_get()
    return millivolts
end

misc.getvbatvolt = misc.getVbatt

function misc.getVbus() return false end

-- Luat: asks, and returns what the question before has brought.
function misc.getTemperature()
    later(function()
        here.dev.misc.temperature = TEMPERATURE
        sys.publish("MODEL_TEMPERATURE_READT_IND")
    end)
    return here.dev.misc.temperature
end

-- A module from the factory is calibrated. Nothing is wired to what pulses.
function misc.getCalib() return true end
function misc.getcalib() return true end
function misc.isnvalid() return true end
function misc.openPwm(id) assert(type(id) == "number", "openpwm id error") end
function misc.closePwm(id) assert(type(id) == "number", "closepwm id error") end
function misc.set() end
misc.openpwm, misc.closepwm = misc.openPwm, misc.closePwm

-- Flight mode -----------------------------------------------------------------------------------

-- Errands of the library on the line: `ntp`, `dbg`.
function here.begin_errand(name)
    local state = here.dev.misc
    state.errands = state.errands or {}
    state.errands[name] = true
end

function here.end_errand(name)
    local state = here.dev.misc
    state.errands[name] = nil
    if next(state.errands) ~= nil then return end
    state.errands = nil
    if state.flies_later then misc.setflymode(true) end
end

-- Luat: apps hear when the command has ended, also where nothing has changed. Entering waits for the
-- end of the library's errands.
function misc.setflymode(on)
    local state = here.dev.misc
    on = on and true or false
    state.flies_later = on and state.errands ~= nil or nil
    if state.flies_later then return end
    local _, _, _, flying = host.status()
    if on == flying then return sys.dispatch("FLYMODE_IND", on) end
    host.set_flight_mode(on)
end

lines.on_network("misc", function(change)
    if change == "flight mode on" then sys.dispatch("FLYMODE_IND", true) end
    if change == "flight mode off" then sys.dispatch("FLYMODE_IND", false) end
end)

function here.start.misc()
    sys.timerStart(read, ANSWER_MS)
    await_minute()
end

return misc
