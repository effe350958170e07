-- Pins by a description and as a function, and the watchdog's pins.
require "pins"

-- Generation A.
local led = { pin = pio.P0_1, dir = pio.OUTPUT, valid = 0 }
local pressed = {}
local key = { pin = pio.P0_2, dir = pio.INT, valid = 0, intcb = function(val) pressed[#pressed + 1] = val end }
local own = { set = function(on) own_level = on end }
pins.reg(led, key, own)
assert(pio.pin.getval(pio.P0_1) == 1 and pins.get(led) == false and key.val == true and own_level == false)
pins.set(true, led)
assert(pio.pin.getval(pio.P0_1) == 0 and pins.get(led) == true and led.val == true)
pins.set(true, own)
assert(own_level == true)
pins.setdir(pio.INPUT, led)
pins.set(false, led)
assert(pio.pin.getval(pio.P0_1) == 0, "an input is not driven")

-- Generation B.
local set = pins.setup(pio.P0_3, 1)
assert(pio.pin.getval(pio.P0_3) == 1 and set(0) == 0 and pio.pin.getval(pio.P0_3) == 0)
assert(set(1) == 1 and set() == 0, "reading an output makes it an input")
assert(set(1) == 1 and pio.pin.getval(pio.P0_3) == 1, "and setting it an output again")
local get = pins.setup(pio.P0_4, nil, pio.PULLUP)
assert(get() == 1)
local edges = {}
local level = pins.setup(pio.P0_5, function(edge) edges[#edges + 1] = edge end, pio.PULLUP)
assert(level() == 1 and not pcall(pins.setup))
local driven = pins.setup(pio.P0_8, 0)

-- The watchdog's pins pulse by themselves, 2 s after it is loaded.
require "wdt"
sys.taskInit(function()
    ok("what is wired to a pin is heard, once for each change")
    for _, wired in ipairs({ "high", "low", "low", "free", "high", "low" }) do
        world("pin", pio.P0_5, wired)
        sys.wait(5)
    end
    assert(table.concat(edges, " ") == "2 1 2" and level() == 0, table.concat(edges, " "))
    assert(cpu.INT_GPIO_POSEDGE == 1 and cpu.INT_GPIO_NEGEDGE == 2)
    world("pin", pio.P0_2, "high")
    sys.wait(5)
    assert(pins.get(key) == false and key.val == false)
    world("pin", pio.P0_2, "low")
    sys.wait(5)
    assert(#pressed == 2 and pressed[1] == false and pressed[2] == true and key.val == true)
    world("pin", pio.P0_8, "high")
    sys.wait(5)
    assert(pio.pin.getval(pio.P0_8) == 0, "an output is not read")
    pins.dereg(led, key)
    pins.close(pio.P0_5)
    assert(level() == 0)
    world("pin", pio.P0_5, "high")
    world("pin", pio.P0_2, "high")
    sys.wait(5)
    assert(#edges == 3 and #pressed == 2)
    pins.setdir(pio.INT, key)
    world("pin", pio.P0_2, "low")
    sys.wait(5)
    assert(#pressed == 3)
    rtos.on(rtos.MSG_INT, function(m) sys.publish("INT", m.id == rtos.MSG_INT and m.int_resnum, m.int_id) end)
    world("pin", pio.P0_2, "high")
    local _, number, edge = sys.waitUntil("INT", 1000)
    assert(number == pio.P0_2 and edge == cpu.INT_GPIO_POSEDGE)

    ok("what a pin drives is told outside, where it changes")
    driven(1)
    driven(1)
    driven(0)
    pins.close(pio.P0_8)
    for _, words in ipairs({ "P0_8 low", "P0_8 high", "P0_8 drives nothing" }) do expects(words) end

    ok("the watchdog")
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
