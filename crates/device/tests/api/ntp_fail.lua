--! within 200
-- Generation A when no server is there: it says so, and leaves it.
local told = {}
sys.regapp(function(id, ok) told[#told + 1] = id .. " " .. tostring(ok) return true end,
    "NTP_BEGIN_IND", "NTP_END_IND", "NTP_IND")
require "ntp"
for _, name in ipairs(ntp.getServers()) do world("manner", name, "refused") end
expects("pool.ntp.org:123 connect")
sys.timer_start(function()
    assert(table.concat(told, ", ") == "NTP_BEGIN_IND nil, NTP_END_IND false, NTP_IND false", table.concat(told, ", "))
    assert(ntp.isEnd() == false)
    done()
end, 60000)
