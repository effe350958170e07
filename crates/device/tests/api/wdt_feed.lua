--! within 400
-- `wdt.setup`: pins of one's own, fed for two seconds every two minutes.
require "wdt"
local reset, feed = pio.P0_4, pio.P0_12
local function is_fed() return pio.pin.getval(feed) == 0 end -- pulled down, else up by its resistor
pio.pin.setdir(pio.INPUT, feed, pio.P0_31)
pio.pin.setpull(pio.PULLUP, feed, pio.P0_31)
wdt.setup(reset, feed)
assert(pio.pin.getval(reset) == 1, "the reset pin rests high")

sys.taskInit(function()
    assert(is_fed(), "at once")
    sys.wait(2100)
    pio.pin.setpull(pio.PULLUP, feed)
    assert(not is_fed())
    sys.wait(117000)
    assert(not is_fed(), "not before two minutes are over")
    sys.wait(1500)
    assert(is_fed())
    sys.wait(2000)
    pio.pin.setpull(pio.PULLUP, feed)
    assert(not is_fed())
    sys.wait(118500)
    assert(is_fed(), "and again")
    wdt.close()
    sys.wait(10)
    pio.pin.setdir(pio.INPUT, feed)
    pio.pin.setpull(pio.PULLUP, feed)
    sys.wait(130000)
    assert(not is_fed(), "no more after close")
    assert(pio.pin.getval(pio.P0_31) == 1, "the usual pin is left alone")
    done()
end)
