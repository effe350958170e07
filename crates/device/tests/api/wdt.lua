-- `wdt`: the pins that would feed a watchdog chip.
require "wdt"
local feed, reset = pio.P0_31, pio.P0_30
assert(pio.pin.getval(feed) == 0 and pio.pin.getval(reset) == 0, "nothing pulses before two seconds")
pio.pin.setdir(pio.INPUT, feed)
pio.pin.setpull(pio.PULLUP, feed)
sys.taskInit(function()
    sys.wait(1900)
    assert(pio.pin.getval(feed) == 1, "an input with a pull-up")
    sys.wait(200)
    assert(pio.pin.getval(feed) == 0, "the first pulse")
    assert(pio.pin.getval(reset) == 1, "the reset pin rests high")
    ok("starts by itself after two seconds")
    wdt.close()
    wdt.test()
    assert(pio.pin.getval(reset) == 0, "pulled")
    ok("resets on request")
    done()
end)
