--! within 200
-- Generation A asks the time once `ntp` is there: one server after the other.
local told = {}
sys.regapp(function(id, ok) told[#told + 1] = id .. " " .. tostring(ok) return true end,
    "NTP_BEGIN_IND", "NTP_END_IND", "NTP_IND", "FLYMODE_IND")
require "ntp"
for i, name in ipairs(ntp.getServers()) do world("manner", name, i == 2 and "quiet" or "refused") end

sys.timer_start(function()
    assert(table.concat(told, ", ") == "NTP_BEGIN_IND nil")
    -- Flight mode waits for the errand.
    misc.setflymode(true)
    world("send", ntp.getServers()[2], ("\36"):rep(40) .. string.char(0xED, 0x41, 0x22, 0x33) .. "\2\2\2\2")
end, 4000)
expects("ntp1.aliyun.com:123 connect")
expects_none("ntp2.aliyun.com")
sys.timer_start(function()
    assert(table.concat(told, ", ") == "NTP_BEGIN_IND nil, NTP_END_IND true, NTP_IND true, FLYMODE_IND true",
        table.concat(told, ", "))
    assert(ntp.isEnd() and os.time() - (0xED412233 - 2208988800) < 60)
    misc.setflymode(false)
    done()
end, 20000)
