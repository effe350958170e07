-- Tasks of `sys`: starting, waking and waiting, and what is logged when one fails.
--
-- A device has three tables of timers: `waits`, by core timer id the coroutine that waits; `timers`, by a
-- function that is to be called once without arguments, the core timer id; and `records`, by core timer id, for
-- any other a table { fn, ms or false, count, args... }, where `ms` makes it a loop. A function is a key that
-- stays, whereas ids are new each time, for which a table would be laid out anew again and again.

local here = ...
local host, rtos = here.host, here.core.rtos
local create, resume, yield, running = here.create, here.resume, here.yield, here.running
local timer_start, timer_stop, assert = rtos.timer_start, rtos.timer_stop, assert
local select, error = select, error

local TASK_TIMER_MAX = 0x0FFFFFFF -- waits of tasks count from 1 to here

local tasks = {}

-- What most devices never change, so that it takes no room in their state.
local DEFAULTS = {
    __index = {
        handlers = {}, apps = false, task_timer = 0, a_timer = 0, b_timer = 0, work_mode = 1,
        records = false, waits = false, holders = false, restarts_later = false, at = false,
    },
}

function here.init.sys()
    local state = { queue = {}, tail = 0, waiters = {}, subscribers = {}, timers = {} }
    return setmetatable(state, DEFAULTS)
end

-- Luat: `patch` concatenates, so an error that is no string raises once more, in whoever resumed.
function here.task_failed(co, err)
    local info = err .. "\r\n" .. here.traceback(co)
    here.library("log").error("coroutine.resume", info)
    local dev = here.dev
    local err_dump = dev.opened.errDump and here.library("errDump")
    if err_dump then err_dump.appendErr(info) end
    if dev.globals.COROUTINE_ERROR_RESTART then rtos.restart("COROUTINE_ERROR_RESTART") end
    -- Luat: on 2G the main loop dies half a second later, which rolls an update back.
    if dev.globals.COROUTINE_ERROR_ROLL_BACK and host.profile() == 2 then
        here.library("sys").timerStart(assert, 500, false, "coroutine error, roll back")
    end
end

local function failed(co, err)
    return here.task_failed(co, here.plain_error(err, co))
end

-- Resumes a task of the library's own: cheaper than the scripts' `coroutine.resume`.
local function wake(co, ...)
    local ok, err = resume(co, ...)
    if not ok then failed(co, err) end
end

here.wake, here.failed = wake, failed

function tasks.taskInit(fun, ...)
    local co = create(fun)
    wake(co, ...)
    return co
end

-- Outside a task there is nobody to come back to; said before anything is armed.
local function no_task(name)
    error("attempt to yield across metamethod/C-call boundary: " .. name .. " needs a task", 3)
end

local function arm(state, co, ms)
    local id = state.task_timer % TASK_TIMER_MAX + 1
    state.task_timer = id
    if not state.waits then state.waits = {} end
    state.waits[id] = co
    timer_start(id, ms)
    return id
end

-- Ends what `arm` began, before its time.
local function disarm(state, id)
    timer_stop(id)
    state.waits[id] = nil
end

-- Luat: ended early by values, a wait stops its timer; by a resume without values it does not, and
-- the timer may later resume the task inside another wait.
local function waited(state, id, ...)
    if select("#", ...) == 0 then return end
    disarm(state, id)
    return ...
end

local function check_time(ms)
    assert(ms > 0, "The wait time cannot be negative!")
end

function tasks.wait(ms)
    check_time(ms)
    local dev, co = here.dev, running()
    if co == dev.main then no_task("sys.wait") end
    local state = dev.sys
    return waited(state, arm(state, co, ms), yield())
end

-- Waits for messages begin and end in the same way.
here.arm, here.disarm, here.no_task, here.check_time = arm, disarm, no_task, check_time

return tasks
