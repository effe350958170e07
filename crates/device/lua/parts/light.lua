-- The net light of both generations: what it shows of the module, and on which pin.
--
-- A light that blinks is one order to the pin, so nothing wakes up for it.

local here = ...
local host, lines = here.host, here.library("~lines")
local ipairs, rawget = ipairs, rawget

local light = {}

-- Milliseconds of light and of dark in each state.
local TIMES = {
    FLYMODE = { 0, 65535 },
    SIMERR = { 300, 5700 },
    IDLE = { 300, 3700 },
    GSM = { 300, 1700 },
    GPRS = { 300, 700 },
    SCK = { 100, 100 },
}

local function state_now()
    local sim_ready, registered, _, flying, attached, connected = host.status()
    if flying then return "FLYMODE" end
    if sim_ready == false then return "SIMERR" end
    if connected then return "SCK" end
    if attached then return "GPRS" end
    return registered and "GSM" or "IDLE"
end

local function on_lte()
    local _, registered = host.status()
    return registered and host.profile() == 4
end

-- Drives `pin` by turns, with `valid` as the level of light.
local function drive(pin, valid, light_ms, dark_ms)
    if valid == 0 then light_ms, dark_ms = dark_ms, light_ms end
    host.blink(pin, light_ms, dark_ms)
end

local function show(state)
    local now = state_now()
    if state.shows ~= now then
        state.shows = now
        local times = state.times[now]
        drive(state.pin, state.valid, times[1], times[2])
    end
    if state.lte then host.blink(state.lte, on_lte() and 1 or 0, 0) end
end

-- The light may have to change. Library files call this where a line begins or ends.
function here.relight()
    local state = rawget(here.dev, "light")
    if state then show(state) end
end

lines.on_network("net", here.relight)

-- In the order in which `net.setled` takes their times.
local STATES = { "FLYMODE", "SIMERR", "IDLE", "GSM", "GPRS", "SCK" }

-- Times for every state, those of `before` where none are given.
local function own_times(before, ...)
    local given, times = { ... }, {}
    for i, name in ipairs(STATES) do
        local known = before[name]
        times[name] = { given[i * 2 - 1] or known[1], given[i * 2] or known[2] }
    end
    return times
end

-- Uses `pin`, which shines at level `valid`, and `lte` as the light of the 4G network, if that is
-- given; then come the milliseconds of light and dark of each state.
function light.on(pin, valid, lte, ...)
    local before = rawget(here.dev, "light")
    local times = own_times(before and before.times or TIMES, ...)
    here.dev.light = { pin = pin, valid = valid, lte = lte, times = times }
    here.relight()
end

function light.off(pin, valid, lte)
    here.dev.light = nil
    drive(pin, valid, 0, 1)
    if lte then host.blink(lte, 0, 1) end
end

-- Other times for one state, from here on; nil keeps what is. An unknown state changes nothing.
function light.set_times(name, light_ms, dark_ms)
    local state = rawget(here.dev, "light")
    local times = state and state.times[name]
    if not times then return end
    times[1], times[2] = light_ms or times[1], dark_ms or times[2]
    state.shows = nil
    show(state)
end

return light
