-- Updates over the air: there are none, and nobody waits for one.
local told = {}
sys.regapp(function(id, ok) told[#told + 1] = id .. " " .. tostring(ok) return true end, "UPDATE_BEGIN_IND", "UPDATE_END_IND")
require "update"
update.setup("UDP", "update.test", 2233)
update.setperiod(3600)
expects('notice NoUpdate ["update.setup"] main.lua')
expects("[W]-[update.setup]\tnothing is downloaded")
expects_none("update.test")

local answers = {}
update.request(function(done) answers[#answers + 1] = tostring(done) end, "http://update.test", 3000)
update.request()
assert(#answers == 0)
sys.timer_start(function()
    assert(table.concat(answers, " ") == "false false false false", table.concat(answers, " "))
    assert(table.concat(told, ", ") == "UPDATE_BEGIN_IND nil, UPDATE_END_IND false", table.concat(told, ", "))
    restarts("free")
    sys.restart("free")
end, 10000)
