-- The harness itself: virtual time, tasks and a restart that was announced.
local began = now()

sys.taskInit(function()
    sys.wait(2000)
    assert(now() - began == 2000, now())
    ok("waited")
    restarts("the end")
    sys.restart("the end")
end)
