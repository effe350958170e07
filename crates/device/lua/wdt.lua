-- `wdt`: the watchdog chip beside a module, which wants a pulse now and then. There is none here;
-- the pins pulse as they would.

local here = ...
local pio = here.core.pio
local pin = pio.pin
local sys = here.library("sys")
local ipairs = ipairs

local START_MS = 2000 -- from require to the first pulse
local PULSE_MS, PERIOD_MS = 2000, 120000

local wdt = {}

function here.init.wdt()
    return { reset = pio.P0_30, feed = pio.P0_31 }
end

local function end_pulse()
    pin.setdir(pio.INPUT, here.dev.wdt.feed)
end

local function pulse()
    pin.setdir(pio.OUTPUT, here.dev.wdt.feed)
    sys.timerStart(end_pulse, PULSE_MS)
end

-- Starts to pulse.
function wdt.open()
    pin.setdir(pio.OUTPUT1, here.dev.wdt.reset)
    pulse()
    sys.timerLoopStart(pulse, PERIOD_MS)
end

function wdt.close()
    for _, act in ipairs({ wdt.open, pulse, end_pulse }) do sys.timerStopAll(act) end
end

-- Says which pins reset and feed, and starts.
function wdt.setup(reset, feed)
    wdt.close()
    local state = here.dev.wdt
    state.reset, state.feed = reset or state.reset, feed or state.feed
    wdt.open()
end

-- Luat: pulls the reset pin, as the chip does after long silence; here nothing follows.
function wdt.test()
    pin.setdir(pio.OUTPUT, here.dev.wdt.reset)
end

function here.start.wdt()
    sys.timerStart(wdt.open, START_MS)
end

return wdt
