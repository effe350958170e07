-- `led`: lights driven by a task; `pin` is a function of `pins.setup`.

local here = ...
local sys = here.library("sys")

local STEPS, STEP_MS = 18, 1 -- a breath goes up and down in so many steps
local HOLD_MS = 700

local led = {}

-- Once bright, once dark.
function led.blinkPwm(pin, light_ms, dark_ms)
    pin(1)
    sys.wait(light_ms)
    pin(0)
    sys.wait(dark_ms)
end

-- `count` times bright and dark, then a pause: who looks can count a level.
function led.levelLed(pin, light_ms, dark_ms, count, pause_ms)
    for _ = 1, count do led.blinkPwm(pin, light_ms, dark_ms) end
    sys.wait(pause_ms)
end

led.leveled = led.levelLed

-- One breath: brighter and brighter, held, darker and darker, held.
function led.breateLed(pin)
    for step = 1, STEPS - 1 do led.blinkPwm(pin, step * STEP_MS, (STEPS - step) * STEP_MS) end
    pin(1)
    sys.wait(HOLD_MS)
    for step = STEPS - 1, 1, -1 do led.blinkPwm(pin, step * STEP_MS, (STEPS - step) * STEP_MS) end
    pin(0)
    sys.wait(HOLD_MS)
end

return led
