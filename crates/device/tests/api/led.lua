-- Lights that a task drives.
require "led"
local levels = {}
local function pin(level) levels[#levels + 1] = level end
sys.taskInit(function()
    local began = now()
    led.blinkPwm(pin, 100, 200)
    assert(table.concat(levels) == "10" and now() - began == 300)
    led.levelLed(pin, 50, 50, 3, 1000)
    assert(table.concat(levels) == "10101010" and now() - began == 1600)
    led.leveled(pin, 50, 50, 1, 100)
    assert(now() - began == 1800)
    levels, began = {}, now()
    led.breateLed(pin)
    assert(#levels == 70 and levels[35] == 1 and levels[70] == 0)
    assert(now() - began > 1400)
    done()
end)
