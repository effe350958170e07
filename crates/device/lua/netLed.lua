-- `netLed`: the net light of generation B, and the light of the 4G network beside it.

local here = ...
local host, pio = here.host, here.core.pio
local light = here.library("~light")

local netLed = {}

local function pins(led, lte)
    if host.profile() == 2 then return led or pio.P1_1 end
    return led or pio.P2_0, lte or pio.P2_1
end

-- Switches the light on or off. Both pins have defaults, 2G has the first only.
function netLed.setup(on, led, lte)
    led, lte = pins(led, lte)
    if on then return light.on(led, 1, lte) end
    light.off(led, 1, lte)
end

-- `on` and `off` in milliseconds for `FLYMODE`, `SIMERR`, `IDLE`, `GSM`, `GPRS` or `SCK`.
function netLed.updateBlinkTime(state, on, off)
    light.set_times(state, on, off)
end

return netLed
