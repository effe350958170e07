--! within 3000
-- Network time of generation B; that of A is in ntp_a.lua.
MODULE_TYPE = nil
require "ntp"
require "misc"
local function answer(a, b, c, d, fraction)
    return ("\36"):rep(40) .. string.char(a, b, c, d, fraction) .. ("\2"):rep(3)
end
-- 2030-01-02 03:04:05 in China is 1893524645, which servers count from 1900.
local AT = 1893524645 + 2208988800
local function time(seconds, fraction)
    local function place(by) return math.floor(seconds / by) % 256 end
    return answer(place(2 ^ 24), place(2 ^ 16), place(256), place(1), fraction or 2)
end

assert(ntp.isEnd() == false and #ntp.getServers() == 12)
assert(not pcall(ntp.setServers) and not pcall(ntp.setServers, {}) and not pcall(ntp.setServers, { 1 }))
ntp.setServers({ "one.test" })
assert(ntp.getServers()[1] == "one.test")

local succeeded = 0
local at_success
sys.subscribe("NTP_SUCCEED", function() succeeded, at_success = succeeded + 1, os.date("%H:%M:%S") end)

sys.taskInit(function()
    ok("the clock is set, and whoever asked is told")
    local called
    ntp.timeSync(nil, function(clock, set) sys.publish("CLOCK", clock, set) end, function() called = true end)
    expects("one.test:123 connect")
    expects("one.test got #" .. ("\\x00"):rep(47))
    sys.waitUntil("IP_READY_IND")
    sys.wait(1000)
    assert(not ntp.isEnd() and succeeded == 0)
    world("send", "one.test", time(AT))
    local told, clock, set = sys.waitUntil("CLOCK", 5000)
    assert(told and clock.year == 2030 and clock.hour == 3 and set == true)
    assert(called and ntp.isEnd() and succeeded == 1)
    assert(os.date("%Y-%m-%d %H:%M:%S") == "2030-01-02 03:04:05", os.date())
    expects("[I]-[ntp.timeSync]\t2030-01-02 03:04:05\tone.test")

    ok("a server without an answer, one that is not there, one that says nonsense: the next one is asked")
    ntp.setServers({ "quiet.test", "nowhere", "odd.test", "zero.test" })
    local at = now()
    ntp.timeSync()
    for _ = 1, 40 do
        sys.wait(1000)
        world("send", "odd.test", "no time at all")
        world("send", "zero.test", ("\2"):rep(40) .. ("\0"):rep(8))
    end
    for _, name in ipairs({ "quiet.test", "nowhere", "odd.test", "zero.test" }) do expects(name .. ":123 connect") end
    expects("[W]-[ntp]\tnowhere: cannot connect")
    expects("[W]-[ntp]\todd.test: another answer than expected")
    expects("[W]-[ntp]\tzero.test: another answer than expected")
    expects("no server has told the time, once more in a minute")
    assert(not ntp.isEnd() and succeeded == 1)

    ok("then all again; a fraction is rounded")
    while not ntp.isEnd() do
        sys.wait(1000)
        world("send", "odd.test", time(AT + 100, 200))
    end
    assert(now() - at > 60000 and at_success == "03:05:46", at_success)

    ok("after 2036 servers count anew")
    ntp.setServers({ "one.test" })
    ntp.timeSync()
    sys.wait(1000)
    world("send", "one.test", time(AT + 250752000 - 2 ^ 32))
    sys.waitUntil("NTP_SUCCEED")
    assert(os.date("%Y") == "2037", os.date("%Y"))

    ok("every so many hours again, and only one at a time")
    ntp.timeSync(0.1)
    sys.wait(1000)
    world("send", "one.test", time(AT))
    sys.waitUntil("NTP_SUCCEED")
    world("manner", "one.test", "silent")
    sys.wait(10)
    local before = succeeded
    sys.wait(900000)
    assert(not ntp.isEnd() and succeeded == before)
    world("manner", "one.test", "one.test")
    while not ntp.isEnd() do
        sys.wait(500)
        world("send", "one.test", time(AT))
    end
    sys.wait(1000)
    assert(succeeded == before + 1, succeeded - before)
    done()
end)
