-- `net`: registration, the serving cell with its signal, flight mode.
--
-- There is one cell. Generation A hears of a change by the messages of apps, generation B by those
-- of subscribers; both are sent.

local here = ...
local host = here.host
local sys, lines = here.library("sys"), here.library("~lines")
local format, tonumber = string.format, tonumber

local ANSWER_MS = 20 -- from a query to its answer
local FIRST_QUERY_MS, QUERY_MS = 8000, 60000 -- generation A asks by itself
local QUALITY_STEP, QUALITY_LEAST = 2, 10 -- of the signal as 4G tells it, 0 to 97
local LAC, CI = "1877", "0A3C1D5E"

local net = {
    NetMode_noNet = 0, NetMode_GSM = 1, NetMode_EDGE = 2, NetMode_TD = 3, NetMode_LTE = 4,
    NetMode_WCDMA = 5,
}

local function flying()
    local _, _, _, flight_mode = host.status()
    return flight_mode
end

-- `flyMode` is a field to scripts.
setmetatable(net, {
    __index = function(_, key)
        if key == "flyMode" then return flying() end
        here.refuse("net", key, 2)
    end,
    __metatable = false,
})

-- `has_cell` stays once a cell has been known; `csq_ms` and `ceng_ms` come with generation A.
function here.init.net()
    local _, registered = host.status()
    local state = registered and "REGISTERED" or registered == false and "UNREGISTER" or "INIT"
    return { state = state, rssi = 0, has_cell = registered or false }
end

local function both(id, ...)
    sys.publish(id, ...)
    sys.dispatch(id, ...)
end

-- State -----------------------------------------------------------------------------------------

function net.getState() return here.dev.net.state end

local function is_registered() return here.dev.net.state == "REGISTERED" end

local function signal() return is_registered() and host.signal() or 0 end
here.signal = signal

local function network_number(which)
    local sim_ready = host.status()
    return (sim_ready or is_registered()) and host.identity(which) or ""
end

function net.getMcc() return network_number("mcc") end
function net.getMnc() return network_number("mnc") end
function net.getLac() return here.dev.net.has_cell and LAC or "" end
function net.getCi() return here.dev.net.has_cell and CI or "" end
function net.getRssi() return here.dev.net.rssi end

function net.getRsrp()
    return is_registered() and host.signal() * QUALITY_STEP + QUALITY_LEAST or 0
end

function net.getTa() return 0 end

function net.getNetMode()
    if not is_registered() then return net.NetMode_noNet end
    return host.profile() == 4 and net.NetMode_LTE or net.NetMode_GSM
end

local function cell_text(pattern, ...)
    if not here.dev.net.has_cell then return "" end
    return format(pattern, ...)
end

function net.getCellInfo()
    return cell_text("%d.%d.%d;", tonumber(LAC, 16), tonumber(CI, 16), signal())
end

function net.getCellInfoExt(as_dbm)
    local strength = as_dbm and signal() * 2 - 113 or signal()
    local mcc, mnc = host.identity("mcc"), host.identity("mnc")
    return cell_text("%s.%s.%d.%d.%d;", mcc, mnc, tonumber(LAC, 16), tonumber(CI, 16), strength)
end

local function cells()
    if not is_registered() then return {} end
    return { {
        mcc = tonumber(host.identity("mcc")), mnc = tonumber(host.identity("mnc")),
        lac = tonumber(LAC, 16), ci = tonumber(CI, 16), rssi = signal(), ta = 0,
    } }
end

function net.getMultiCell(cb)
    sys.timerStart(function() cb(cells()) end, ANSWER_MS)
end

-- Queries ---------------------------------------------------------------------------------------

local function csq_answer()
    local state = here.dev.net
    state.rssi = signal()
    both("GSM_SIGNAL_REPORT_IND", true, state.rssi)
end

local function ceng_answer()
    both("CELL_INFO_IND", cells())
end

-- Functions of their own, since a timer is known by its function.
local function csq_tick() if not flying() then csq_answer() end end
local function ceng_tick() if not flying() then ceng_answer() end end

function net.csqquery() sys.timerStart(csq_answer, ANSWER_MS) end
function net.cengquery() sys.timerStart(ceng_answer, ANSWER_MS) end

local function repeat_every(tick, ms)
    sys.timerStopAll(tick)
    if ms and ms > 0 then sys.timerLoopStart(tick, ms) end
end

local function poll(query, tick, ms)
    if flying() then return false end
    query()
    repeat_every(tick, ms)
    return true
end

function net.csqQueryPoll(ms) return poll(net.csqquery, csq_tick, ms) end
function net.cengQueryPoll(ms) return poll(net.cengquery, ceng_tick, ms) end

function net.startQueryAll(csq_ms, cell_ms)
    net.csqQueryPoll(csq_ms)
    net.cengQueryPoll(cell_ms)
    return true
end

function net.stopQueryAll()
    sys.timerStopAll(csq_tick)
    sys.timerStopAll(ceng_tick)
end

-- Generation A ----------------------------------------------------------------------------------

net.getstate, net.getmcc, net.getmnc, net.getlac = net.getState, net.getMcc, net.getMnc, net.getLac
net.getci, net.getrssi, net.getta = net.getCi, net.getRssi, net.getTa
net.getcellinfo = net.getCellInfo

function net.getcellinfoext() return net.getCellInfoExt() end
function net.getcell() return cell_text("%d.%d.", tonumber(CI, 16), signal()) end

function net.getmulticell(cb)
    sys.timerStart(function() cb(net.getCellInfoExt()) end, ANSWER_MS)
end

function net.startcsqtimer() repeat_every(csq_tick, here.dev.net.csq_ms or QUERY_MS) end
function net.startcengtimer() repeat_every(ceng_tick, here.dev.net.ceng_ms or QUERY_MS) end

function net.setcsqqueryperiod(ms)
    here.dev.net.csq_ms = ms
    net.startcsqtimer()
end

function net.setcengqueryperiod(ms)
    here.dev.net.ceng_ms = ms
    net.startcengtimer()
end

function net.setcsqswitch(on)
    if on then net.startcsqtimer() else sys.timerStopAll(csq_tick) end
end

function net.setcengswitch(on)
    if on then net.startcengtimer() else sys.timerStopAll(ceng_tick) end
end

-- The queries need no start.
function net.startquerytimer() end

-- The net light: on or off, its pin, the level that shines, and for each state the milliseconds of
-- light and of dark.
function net.setled(on, pin, valid, ...)
    local light = here.library("~light")
    pin, valid = pin or here.core.pio.P1_1, valid or 1
    if on then return light.on(pin, valid, nil, ...) end
    light.off(pin, valid)
end

-- A device with apps is of generation A.
local function first_query()
    if not here.dev.sys.apps or sys.timerIsActive(csq_tick) then return end
    csq_tick()
    net.startcsqtimer()
    if is_registered() then net.startcengtimer() end
end

function here.start.net()
    local _ = here.dev.net
    sys.timerStart(first_query, FIRST_QUERY_MS)
end

-- Changes ---------------------------------------------------------------------------------------

function net.switchFly(on)
    if on ~= flying() then host.set_flight_mode(on) end
end

local function enter(state, name)
    local changed = state.state ~= name
    state.state = name
    if changed then sys.dispatch("NET_STATE_CHANGED", name) end
    return changed
end

local function registered(state)
    if enter(state, "REGISTERED") then sys.publish("NET_STATE_REGISTERED") end
    if host.profile() == 4 then sys.publish("NET_UPD_NET_MODE", net.NetMode_LTE) end
    if not state.has_cell then
        state.has_cell = true
        both("NET_CELL_CHANGED")
    end
    if here.dev.sys.apps then net.startcengtimer() end
end

lines.on_network("net", function(change)
    local state = here.dev.net
    if change == "registered" then
        registered(state)
    elseif change == "unregistered" then
        -- Luat: subscribers of generation B do not hear that registration was lost.
        enter(state, "UNREGISTER")
    elseif change == "sim gone" or change == "sim locked" then
        enter(state, "UNREGISTER")
        sys.publish("NET_STATE_UNREGISTER")
    elseif change == "flight mode on" then
        sys.publish("FLYMODE", true)
    elseif change == "flight mode off" then
        sys.publish("FLYMODE", false)
        net.csqquery()
        net.cengquery()
    end
end)

return net
