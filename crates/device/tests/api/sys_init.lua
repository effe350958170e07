-- `sys.init` says what booted and what the run before left; `sys.run` delivers, and never returns.
local story = {}

io.writeFile("/lib_err.txt", "restart[before];")
io.writeFile("/luaerrinfo.txt", "a fatal error")
assert(sys.getextliberr() == "")

-- The names of a project are asked for.
for _, name in ipairs({ "PROJECT", "VERSION" }) do
    local kept = _G[name]
    for _, wrong in ipairs({ "", false }) do
        _G[name] = wrong or nil
        local fine, err = pcall(sys.init, 0, 0)
        assert(not fine and err:find("Undefine PROJECT or VERSION", 1, true), err)
    end
    _G[name] = kept
end
assert(io.exists("/lib_err.txt"))

expects("poweron reason:\t0\tAir202\tAPI\t1.0.0\t" .. sys.SCRIPT_LIB_VER .. "\t" .. rtos.get_version())
expects("a fatal error")
expects("sys.initerr\trestart[before];")
sys.init(0, 0)
assert(sys.getextliberr() == "restart[before];" and not io.exists("/lib_err.txt"))
MODULE_TYPE = nil
expects("[I]-[poweron reason:]\t0\tAPI\t1.0.0\t")
sys.init()
MODULE_TYPE = "Air202"

-- What is queued before the loop is delivered before the first message of the core, and what that
-- queues in the same pass.
sys.subscribe("QUEUED", function()
    story[#story + 1] = "queued"
    sys.publish("AND_THEN")
end)
sys.subscribe("AND_THEN", function() story[#story + 1] = "and then" end)
sys.publish("QUEUED")
sys.timerStart(function()
    story[#story + 1] = "timer"
    sys.publish("AND_THEN")
end, 5)
sys.timerStart(function() story[#story + 1] = "same time" end, 5)
sys.taskInit(function()
    story[#story + 1] = "task"
    sys.wait(10)
    assert(table.concat(story, ", ") == "task, queued, and then, timer, and then, same time",
        table.concat(story, ", "))
    done()
end)
sys.run()
error("sys.run returned")
