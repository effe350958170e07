--! within 400
-- The library's dog never bites while its loop runs; a script's own bites when it is not fed.
expects("fed 4 times")
local fed = 0
sys.timerStart(function()
    assert(now() > 200000, "the library's dog lets a quiet script be")
    rtos.openSoftDog(15000)
    sys.taskInit(function()
        for _ = 1, 4 do
            sys.wait(10000)
            rtos.eatSoftDog()
            fed = fed + 1
        end
        print("fed " .. fed .. " times")
        rtos.closeSoftDog()
        sys.wait(50000)
        done()
    end)
end, 200010)
