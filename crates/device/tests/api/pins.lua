-- Pins by a description and as a function, and the watchdog's pins.
require "pins"

-- Generation A.
local led = { pin = pio.P0_1, dir = pio.OUTPUT, valid = 0 }
local key = { pin = pio.P0_2, dir = pio.INT, valid = 1, intcb = function() error("nothing is pressed") end }
local own = { set = function(on) own_level = on end }
pins.reg(led, key, own)
assert(pio.pin.getval(pio.P0_1) == 1 and pins.get(led) == false and key.val == false and own_level == false)
pins.set(true, led)
assert(pio.pin.getval(pio.P0_1) == 0 and pins.get(led) == true and led.val == true)
pins.set(true, own)
assert(own_level == true)
pins.setdir(pio.INPUT, led)
pins.set(false, led)
assert(pio.pin.getval(pio.P0_1) == 0, "an input is not driven")
pins.dereg(led, key)

-- Generation B.
local set = pins.setup(pio.P0_3, 1)
assert(pio.pin.getval(pio.P0_3) == 1 and set(0) == 0 and pio.pin.getval(pio.P0_3) == 0)
assert(set(1) == 1 and set() == 0, "reading an output makes it an input")
assert(set(1) == 1 and pio.pin.getval(pio.P0_3) == 1, "and setting it an output again")
local get = pins.setup(pio.P0_4, nil, pio.PULLUP)
assert(get() == 1)
local level = pins.setup(pio.P0_5, function() error("nothing is pressed") end, pio.PULLUP)
assert(level() == 1)
pins.close(pio.P0_5)
assert(level() == 0 and not pcall(pins.setup))

-- The watchdog's pins pulse by themselves, 2 s after it is loaded.
require "wdt"
sys.taskInit(function()
    assert(pio.pin.getval(pio.P0_30) == 0)
    sys.wait(3000)
    assert(pio.pin.getval(pio.P0_30) == 1, "the reset pin is released")
    wdt.setup(pio.P0_6, pio.P0_7)
    assert(pio.pin.getval(pio.P0_6) == 1)
    wdt.test()
    assert(pio.pin.getval(pio.P0_6) == 0)
    wdt.open()
    assert(pio.pin.getval(pio.P0_6) == 1)
    wdt.close()
    done()
end)
