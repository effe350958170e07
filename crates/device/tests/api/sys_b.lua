--! within 600
-- Tasks, messages and timers of generation B, with the rules that surprise.
local function same(name, wanted, ...)
    assert(select("#", ...) == #wanted, name .. ": " .. select("#", ...) .. " values")
    for i = 1, #wanted do
        local got = select(i, ...)
        assert(got == wanted[i], name .. " [" .. i .. "]: " .. tostring(got))
    end
end

local function fails(words, fn, ...)
    local fine, err = pcall(fn, ...)
    assert(not fine and tostring(err):find(words, 1, true), tostring(err))
end

local function after(ms, fn, ...)
    sys.timerStart(fn, ms, ...)
end

local tests = {}

function tests.wait()
    local at = now()
    same("time is up", {}, sys.wait(100))
    assert(now() - at == 100)
    sys.wait(1)
    assert(now() - at == 105, "shorter waits are raised to 5 ms")
    fails("The wait time cannot be negative!", sys.wait, 0)
    fails("The wait time cannot be negative!", sys.wait, -1)
    fails("The wait time cannot be negative!", sys.waitUntil, "ID", 0)
    fails("nil", sys.wait)
end

function tests.values_of_who_resumed()
    local co = coroutine.running()
    after(50, coroutine.resume, co, "early", nil, 3)
    local at = now()
    local a, b, c = sys.wait(1000)
    assert(a == "early" and b == nil and c == 3 and now() - at == 50)
    same("its timer was stopped", {}, sys.wait(2000))
    assert(now() - at == 2050)
    -- A resume without values leaves the timer running, which ends the next wait early.
    after(50, coroutine.resume, co)
    same("no values", {}, sys.wait(1000))
    same("stale", {}, sys.wait(5000))
    assert(now() - at == 3050, now() - at)
end

function tests.no_yield_through_c()
    fails("attempt to yield across metamethod/C-call boundary", function() sys.wait(10) end)
    fails("attempt to yield across metamethod/C-call boundary", function()
        table.sort({ 2, 1 }, function() sys.waitUntil("NEVER") end)
    end)
    -- Both left their traces, as on the module: a timer and a subscription. The timer ends this.
    same("stale", {}, sys.wait(100))
    sys.unsubscribe("NEVER", coroutine.running())
end

function tests.wait_until()
    local at = now()
    same("timeout", { false }, sys.waitUntil("ID", 100))
    assert(now() - at == 100)
    after(50, sys.publish, "ID")
    same("bare", { true }, sys.waitUntil("ID", 1000))
    after(50, sys.publish, "ID", 1, nil, 3)
    same("values", { true, 1, nil, 3 }, sys.waitUntil("ID"))
    after(50, sys.publish, "ID", "x")
    same("ext", { "ID", "x" }, sys.waitUntilExt("ID", 1000))
    same("ext timeout", { false }, sys.waitUntilExt("ID", 10))
    local co = coroutine.running()
    after(50, coroutine.resume, co, false, "p")
    same("any value but nil counts", { true, "p" }, sys.waitUntil("ID"))
    after(50, coroutine.resume, co, "first", "p")
    same("ext gives it", { "first", "p" }, sys.waitUntilExt("ID"))
    after(50, coroutine.resume, co)
    same("no value is a timeout", { false }, sys.waitUntil("ID"))
    at = now()
    same("nothing is left over", {}, sys.wait(2000))
    assert(now() - at == 2000)
end

function tests.a_message_of_this_tick_is_caught()
    sys.publish("NOW", 1)
    same("caught", { true, 1 }, sys.waitUntil("NOW", 10))
    sys.publish("DROPPED")
    sys.wait(10)
    same("nobody was there", { false }, sys.waitUntil("DROPPED", 10))
end

function tests.how_many_values()
    local got
    local function count(...) got = select("#", ...) .. ":" .. tostring((...)) end
    sys.subscribe("COUNT", count)
    local function check(wanted, ...)
        sys.publish("COUNT", ...)
        sys.wait(5)
        assert(got == wanted, got .. " is not " .. wanted)
    end
    check("0:nil")
    check("0:nil", nil)
    check("0:nil", nil, nil, nil)
    check("1:a", "a")
    check("1:false", false)
    check("2:nil", nil, "b")
    check("1:a", "a", nil, nil)
    check("2:a", "a", "b", nil, nil)
    check("3:a", "a", nil, "c")
    check("3:nil", nil, nil, "c", nil)
    check("9:1", 1, 2, 3, 4, 5, 6, 7, 8, 9)
    sys.unsubscribe("COUNT", count)
    sys.publish("COUNT")
    got = nil
    sys.wait(5)
    assert(got == nil)
end

function tests.subscribers()
    local calls = 0
    local function once() calls = calls + 1 end
    sys.subscribe("SUB", once)
    sys.subscribe("SUB", once)
    sys.publish("SUB")
    sys.wait(5)
    assert(calls == 1, "the same twice counts once")
    local function leaver()
        sys.unsubscribe("SUB", once)
        sys.unsubscribe("SUB", leaver)
    end
    sys.unsubscribe("SUB", once)
    sys.subscribe("SUB", leaver)
    sys.subscribe("SUB", once)
    sys.publish("SUB")
    sys.publish("SUB")
    sys.wait(5)
    assert(calls == 1, "removed at once")
    sys.subscribe(7, once)
    sys.subscribe("SUB", 7)
    sys.unsubscribe({}, once)
    expects("[W]-[warning: sys.subscribe invalid parameter]\t7\tfunction: 0x")
    expects("[W]-[warning: sys.subscribe invalid parameter]\tSUB\t7")
    expects("[W]-[warning: sys.unsubscribe invalid parameter]\ttable: 0x")
    sys.publish(7)
    sys.publish(nil)
    sys.publish({}, 1)
    same("an id that is no string", { false }, sys.waitUntil(7, 10))
end

function tests.threads_are_resumed_with_the_id()
    local got = {}
    local thread = coroutine.create(function(...)
        local id, value = ...
        while true do
            got[#got + 1] = id .. tostring(value)
            id, value = coroutine.yield()
        end
    end)
    sys.subscribe("THREAD", thread)
    sys.subscribe("THREAD", thread)
    sys.publish("THREAD", 1)
    sys.publish("THREAD")
    sys.wait(5)
    sys.unsubscribe("THREAD", thread)
    sys.publish("THREAD", 3)
    sys.wait(5)
    assert(table.concat(got, " ") == "THREAD1 THREADnil", table.concat(got, " "))
end

function tests.many_wait_for_one()
    local woken = {}
    for i = 1, 5 do
        sys.taskInit(function()
            assert(sys.waitUntil("ALL", i == 5 and 10 or nil) == (i ~= 5))
            woken[#woken + 1] = i
            sys.waitUntil("ALL")
            woken[#woken + 1] = i
        end)
    end
    local function also() woken[#woken + 1] = 0 end
    sys.subscribe("ALL", also)
    sys.wait(20)
    sys.publish("ALL")
    sys.wait(5)
    assert(#woken == 7, table.concat(woken, " "))
    sys.publish("ALL")
    sys.publish("ALL")
    sys.wait(5)
    sys.unsubscribe("ALL", also)
    assert(#woken == 13, table.concat(woken, " "))
end

-- A task that others took out of a wait does not take their place with it.
function tests.waiters_do_not_displace_each_other()
    local woken = {}
    local function waiter(name)
        return sys.taskInit(function()
            sys.waitUntil("PLACE")
            woken[#woken + 1] = name
        end)
    end
    local first = waiter("first")
    sys.unsubscribe("PLACE", first)
    waiter("second")
    coroutine.resume(first, "by hand")
    sys.publish("PLACE")
    sys.wait(5)
    assert(table.concat(woken, " ") == "first second", table.concat(woken, " "))
end

-- A thread that is subscribed and waits besides is woken once.
function tests.a_thread_is_woken_once()
    local other = sys.taskInit(function() sys.waitUntil("ONCE") end)
    local woken = 0
    local task = sys.taskInit(function()
        sys.wait(10)
        sys.waitUntil("ONCE")
        woken = woken + 1
        while true do
            coroutine.yield()
            woken = woken + 1
        end
    end)
    sys.subscribe("ONCE", task)
    coroutine.resume(other, "by hand")
    sys.wait(20)
    sys.publish("ONCE")
    sys.wait(5)
    sys.unsubscribe("ONCE", task)
    assert(woken == 1, woken)
end

function tests.order()
    local got = {}
    local function note(what) got[#got + 1] = what end
    local function first()
        note("first")
        sys.publish("LATER", "later")
        note("end of first")
    end
    sys.subscribe("FIRST", first)
    sys.subscribe("LATER", note)
    sys.publish("FIRST")
    sys.publish("LATER", "before")
    note("published")
    sys.wait(5)
    sys.unsubscribe("LATER", note)
    assert(table.concat(got, ", ") == "published, first, end of first, before, later")
end

-- Neither a burst nor tasks that wake each other lose or repeat a message.
function tests.a_thousand_messages()
    local sum, count = 0, 0
    local function add(n, ...)
        sum, count = sum + (n or 0), count + 1
        if n and n % 3 == 0 then sys.publish("ADD") end
        assert(select("#", ...) == (n and n % 5 == 0 and 2 or 0))
    end
    sys.subscribe("ADD", add)
    for n = 1, 1000 do
        if n % 5 == 0 then sys.publish("ADD", n, n, n) else sys.publish("ADD", n) end
    end
    sys.wait(5)
    sys.unsubscribe("ADD", add)
    assert(sum == 500500 and count == 1333, sum .. " " .. count)

    collectgarbage()
    local rounds, kilobytes = 0, collectgarbage("count")
    sys.taskInit(function()
        for _ = 1, 20000 do
            sys.waitUntil("PING")
            rounds = rounds + 1
            sys.publish("PONG", rounds)
        end
    end)
    for round = 1, 20000 do
        sys.publish("PING")
        local fine, value = sys.waitUntil("PONG")
        assert(fine == true and value == round)
    end
    assert(rounds == 20000)
    collectgarbage()
    kilobytes = collectgarbage("count") - kilobytes
    assert(kilobytes < 50, "the queue kept " .. kilobytes .. " KB")
end

function tests.timers()
    local got = {}
    local function note(...)
        got[#got + 1] = now()
        assert(select("#", ...) < 4)
    end
    local id = sys.timerStart(note, 100, "a")
    assert(id >= 0x20000000 and sys.timerIsActive(id) == note)
    same("by function", { true }, sys.timerIsActive(note, "a"))
    same("other arguments", { nil }, sys.timerIsActive(note, "b"))
    local again = sys.timerStart(note, 200, "a")
    assert(again ~= id and sys.timerIsActive(id) == nil, "the same identity: one timer")
    sys.timerStart(note, 50, "b")
    sys.timerStop(note, "a")
    sys.timerStop(note, "never started")
    sys.timerStop(123456)
    sys.wait(300)
    assert(#got == 1)
    for i = 1, 3 do sys.timerStart(note, 50, i) end
    sys.timerStopAll(note)
    sys.wait(100)
    assert(#got == 1)
    fails("sys.timerStart(first param) is nil !", sys.timerStart, nil, 1)
    fails("sys.timerStart(Second parameter) is <= zero !", sys.timerStart, note, 0)
end

function tests.timers_in_their_own_callback()
    local active, loops = nil, 0
    local function once() active = sys.timerIsActive(once) end
    sys.timerStart(once, 10)
    local function loop()
        loops = loops + 1
        assert(sys.timerIsActive(loop) == true)
        if loops == 3 then sys.timerStop(loop) end
    end
    sys.timerLoopStart(loop, 100)
    sys.wait(1000)
    assert(active == nil and loops == 3, loops)
end

function tests.errors_in_tasks()
    task_errors_are_fine()
    local task = sys.taskInit(function() error("at once") end)
    assert(coroutine.status(task) == "dead")
    expects("[E]-[coroutine.resume]\tmain.lua:")
    local fine, err = coroutine.resume(task)
    assert(fine == false and err == "cannot resume dead coroutine")
    expects("[E]-[coroutine.resume]\tcannot resume dead coroutine\r\n")
    local values = { coroutine.resume(coroutine.create(function(...) return ... end), 1, nil, 3) }
    assert(values[1] == true and values[2] == 1 and values[4] == 3)
    -- An error that is no string raises once more, in whoever resumed.
    fails("attempt to concatenate", coroutine.resume, coroutine.create(function() error({}) end))
end

function tests.a_task_that_dies_leaves_others_alone()
    local reached = false
    sys.taskInit(function()
        sys.waitUntil("DIE")
        error("died")
    end)
    sys.taskInit(function()
        sys.waitUntil("DIE")
        reached = true
    end)
    sys.publish("DIE")
    sys.wait(5)
    assert(reached)
end

fails("attempt to yield", sys.wait, 10)
fails("attempt to yield", sys.waitUntil, "ID")
fails("attempt to yield", coroutine.yield)
fails("sys.restart cause null", sys.restart, "")
fails("sys.restart cause null", sys.restart)

sys.taskInit(function()
    local names = {}
    for name in pairs(tests) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do
        ok(name)
        local finished = false
        sys.taskInit(function()
            tests[name]()
            finished = true
        end)
        for _ = 1, 100 do
            if not finished then sys.wait(100) end
        end
        assert(finished, name)
    end
    -- Last, since it restarts.
    MODULE_TYPE, COROUTINE_ERROR_RESTART = nil, true
    restarts("COROUTINE_ERROR_RESTART")
    sys.taskInit(function() error("restart me") end)
end)
