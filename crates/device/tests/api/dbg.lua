--! within 400
-- `dbg` of generation A: errors wait for a server, and restarts wait for `dbg`.
local told = {}
sys.regapp(function(id, ok) told[#told + 1] = id return true end, "DBG_BEGIN_IND", "DBG_END_IND", "AFTER", "FLYMODE_IND")
io.writeFile("/lib_err.txt", "from the boot before;")
require "dbg"
assert(not pcall(dbg.setup) and not pcall(dbg.setup, "HTTP", "a", 1) and not pcall(dbg.setup, "UDP", "a", "x"))

ok("the last 900 bytes are kept")
dbg.saverr(("x"):rep(1000))
dbg.saverr("last")
assert(#io.readFile("/dbg.txt") == 900 and io.readFile("/dbg.txt"):find("xlast$"))
io.writeFile("/dbg.txt", "saved;")
io.writeFile("/luaerrinfo.txt", "fatal;")
dbg.setup("UDP", "ok.test", 2000)
expects("[I]-[dbg]\treported to udp://ok.test:2000")
expects("sys.initerr\tfrom the boot before;")

sys.timer_start(function()
    expects("ok.test got API,1.0.0," .. misc.getimei() .. "," .. rtos.get_version() .. "\\r\\nsaved;from the boot before;fatal;")
    assert(table.concat(told, " ") == "DBG_BEGIN_IND")

    ok("meanwhile a restart waits, and so does flight mode")
    misc.setflymode(true)
    expects("saferestart restart[later];")
    sys.restart("later")

    ok("and an error ends its callback alone")
    expects("run false\tmain.lua")
    sys.regapp({ FAILS = function() error("in a callback") end })
    sys.dispatch("FAILS")
    sys.dispatch("AFTER")
    sys.timer_start(function()
        assert(table.concat(told, " ") == "DBG_BEGIN_IND AFTER", table.concat(told, " "))
        ok("what was queued behind it was delivered")
    end, 50)
    expects("ok what was queued behind it was delivered")
    sys.timer_start(error, 100, "in a timer", 0)
end, 3000)

sys.timer_start(function()
    assert(table.concat(told, " ") == "DBG_BEGIN_IND AFTER", table.concat(told, " "))
    assert(io.readFile("/lib_err.txt"):find("^restart%[later%];main.lua:%d+: in a callbackin a timer$"), io.readFile("/lib_err.txt"))
    assert(io.readFile("/dbg.txt") == "saved;")
    restarts("later")
    world("send", "ok.test", "OK")
    sys.regapp({ DBG_END_IND = function()
        assert(not io.exists("/dbg.txt") and not io.exists("/luaerrinfo.txt") and sys.getextliberr() == "")
        return true
    end })
end, 5000)
