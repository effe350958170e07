--! within 100
-- Timers, messages and work modes of generation A, with the rules that surprise.
local function fails(words, fn, ...)
    local fine, err = pcall(fn, ...)
    assert(not fine and tostring(err):find(words, 1, true), tostring(err))
end

local story = {}
local function tell(...)
    local words = {}
    for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
    story[#story + 1] = table.concat(words, " ")
end
local function told(...)
    local all, wanted = table.concat(story, "\n"), table.concat({ ... }, "\n")
    assert(all == wanted, "\nexpected:\n" .. wanted .. "\ntold:\n" .. all)
    story = {}
end

-- A timer is a function with its values: an equal one that runs is stopped first.
local step = {}
local began = now()
local function at(...) tell(now() - began, ...) end

local first = sys.timer_start(at, 100, "a")
local again = sys.timer_start(at, 200, "a")
assert(first >= 1 and again == first + 1, "ids count up from 1")
assert(sys.timer_is_active(first) == false and sys.timer_is_active(again) == true)
assert(sys.timer_is_active(at, "a") == true and sys.timer_is_active(at) == false)
assert(sys.timer_is_active(at, "a", "b") == false)
sys.timer_start(at, 300, "a", nil, "c")
sys.timer_start(at, 350)
sys.timer_start(at, 400, nil) -- equal to the one before
sys.timer_start(at, 450, "stopped by id")
sys.timer_stop(sys.timer_start(at, 450, "stopped by id"))
sys.timer_start(at, 450, "stopped", "by values")
sys.timer_stop(at, "stopped") -- another one
sys.timer_stop(at, "stopped", "by values")
sys.timer_stop(nil)
sys.timer_stop(123456)
sys.timer_stop(at, "never started")
fails("timer_start:callback function==nil", sys.timer_start, nil, 100)
fails("timer_start:ms==0", sys.timer_start, at, 0)
fails("timer_start:ms==0", sys.timer_start, at, -1)

sys.timer_start(function()
    told("200 a", "300 a nil c", "400")
    step.loops()
end, 500)

-- A loop is armed again after its callback, and runs in it; a one-shot timer does not.
function step.loops()
    local rounds = 0
    local function once(...) tell("once", sys.timer_is_active(once, ...)) end
    local function loop()
        rounds = rounds + 1
        tell("loop", sys.timer_is_active(loop))
        if rounds == 3 then sys.timer_stop(loop) end
    end
    sys.timer_start(once, 50)
    sys.timer_start(once, 60, "with a value")
    sys.timer_loop_start(loop, 100)
    for n = 1, 3 do sys.timer_loop_start(at, 100, n) end
    sys.timer_stop_all(at)
    sys.timer_start(function()
        told("once false", "once false", "loop true", "loop true", "loop true")
        step.apps()
    end, 1000)
end

-- Apps hear from the newest on, until one does not return true.
function step.apps()
    local oldest = sys.regapp(function(...) tell("oldest", ...) return true end, "ONE", "TWO")
    assert(type(oldest) == "table")
    local by_name = { ONE = function(...) tell("table", ...) return true end }
    assert(sys.regapp(by_name) == by_name)
    local function ends(id) tell("ends", id) end
    sys.regapp(ends, "TWO")
    local function newest(...)
        tell("newest", ...)
        sys.dispatch("LATER")
        return true
    end
    sys.regapp(newest, "ONE", "TWO")
    sys.regapp(function() tell("later") return true end, "LATER")
    sys.dispatch("ONE", 1, nil, "three", nil)
    sys.dispatch("TWO")
    sys.dispatch("NOBODY", "hears")
    tell("dispatched") -- nobody is called at once
    fails("unknown app type nil", sys.regapp, nil)
    fails("unknown app type string", sys.regapp, "ONE")
    sys.timer_start(function()
        told("dispatched", "newest ONE 1 nil three", "table 1 nil three", "oldest ONE 1 nil three",
            "newest TWO", "ends TWO", "later", "later")
        sys.deregapp(newest)
        sys.deregapp(by_name)
        sys.deregapp(oldest)
        sys.deregapp(function() end) -- unknown: harmless
        sys.dispatch("ONE")
        sys.dispatch("TWO")
        sys.timer_start(function()
            told("ends TWO")
            step.modes()
        end, 10)
    end, 10)
end

-- Registering is a message itself, so what was dispatched before it passes the app by.
function step.modes()
    sys.dispatch("EARLY")
    sys.regapp(function() tell("early") return true end, "EARLY")
    sys.regapp(function(id) tell(id) return true end, "SYS_WORKMODE_IND", "MMI_REFRESH_IND")
    assert(sys.getworkmode() == sys.FULL_MODE)
    assert(sys.setworkmode(sys.FULL_MODE) == nil, "nothing changes")
    assert(sys.setworkmode(sys.SIMPLE_MODE) == true and sys.getworkmode() == sys.SIMPLE_MODE)
    sys.refresh()
    sys.timer_start(function()
        told("SYS_WORKMODE_IND", "MMI_REFRESH_IND")
        assert(sys.getcorever() == rtos.get_version())
        expects("saferestart restart[the end];")
        restarts("the end")
        sys.restart("the end")
        error("a restart comes back")
    end, 10)
end
