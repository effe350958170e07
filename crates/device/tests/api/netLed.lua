--! within 200
-- The net light of both generations blinks for what the module is doing, on real pins.
require "socket"
require "netLed"
local LED, LTE = pio.P0_1, pio.P0_4
netLed.updateBlinkTime("IDLE", 1, 1) -- before there is a light it changes nothing
netLed.setup(true, LED, LTE)
assert(pio.pin.getval(LED) == 1 and pio.pin.getval(LTE) == 0)
expects("P0_1 blinks, 300 ms on, 3700 ms off")
expects("P0_1 blinks, 300 ms on, 1700 ms off")
expects("P0_1 blinks, 300 ms on, 700 ms off")
expects("P0_4 high")

-- The share of 400 looks, 5 ms apart, that find the light on, in percent.
local function brightness()
    local high = 0
    for _ = 1, 400 do
        high = high + pio.pin.getval(LED)
        sys.wait(5)
    end
    return math.floor(high / 4 + 0.5)
end

local function is(percent, words)
    local bright = brightness()
    assert(bright == percent, words .. ": " .. bright .. "%")
    ok(words)
end

sys.taskInit(function()
    sys.waitUntil("IP_READY_IND")
    is(30, "attached: 300 of each 1000 ms")
    assert(pio.pin.getval(LTE) == 1, "the 4G light shines")
    local client = socket.tcp()
    assert(client:connect("accepts", 1))
    is(50, "connected: 100 of each 200 ms")
    client:close()
    is(30, "closed")
    netLed.updateBlinkTime("GPRS", 500)
    is(50, "500 of each 1200 ms, two of which fit into the look")
    netLed.updateBlinkTime("NONSENSE", 1, 1)
    world("cell lost")
    sys.wait(10)
    is(15, "no cell: 300 of each 4000 ms, and the first of it")
    assert(pio.pin.getval(LTE) == 0)
    net.switchFly(true)
    sys.wait(10)
    is(0, "flight mode")
    net.switchFly(false)
    world("cell found")
    world("sim removed")
    sys.wait(10)
    netLed.updateBlinkTime("SIMERR", 1000, 0)
    is(100, "no card, and a light that never goes out")
    netLed.setup(false, LED, LTE)
    world("sim inserted")
    sys.wait(5000)
    is(0, "off")
    assert(pio.pin.getval(LTE) == 0)

    ok("generation A")
    net.setled(true, LED, 0, nil, nil, nil, nil, nil, nil, nil, nil, 400, 1600)
    is(80, "400 of each 2000 ms low")
    net.setled(true, LED)
    is(20, "the times stay, and high is light")
    require "link"
    local id = link.open(function() end, function() end)
    link.connect(id, "TCP", "accepts", 1)
    sys.wait(1000)
    is(50, "connected")
    net.setled(false, LED, 0)
    is(100, "off is high where low is light")
    net.setled(true)
    expects("P1_1 blinks, 100 ms on, 100 ms off")
    netLed.setup(true)
    expects("P2_0 blinks, 100 ms on, 100 ms off")
    expects("P2_1 high")
    sys.wait(10)
    done()
end)
