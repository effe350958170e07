-- `sys`: the main loop, tasks, timers and messages of both generations.
--
-- Timers of all kinds share one table, by core timer id: a waiting task is its coroutine, any other
-- timer a table { fn, ms or false, count, args... } where `ms` makes it a loop.

local here = ...
local host, rtos = here.host, here.core.rtos
local create, resume, yield, running = here.create, here.resume, here.yield, here.running
local timer_start, timer_stop = rtos.timer_start, rtos.timer_stop
local assert, pairs, select, type, unpack = assert, pairs, select, type, unpack
local format = string.format

local MSG_TIMER = rtos.MSG_TIMER
local TASK_TIMER_MAX = 0x0FFFFFFF -- waits of tasks count from 1 to here,
local A_TIMER = 0x10000000 -- timers of generation A from here,
local B_TIMER = 0x20000000 -- timers of generation B from here

local sys = { SCRIPT_LIB_VER = "2.4.0", SIMPLE_MODE = 0, FULL_MODE = 1 }

-- `queue` holds records of four: id, first and second argument, and the rest. The rest is nil, or a
-- table { count, arguments... } of all where there are more than two; `dispatched` marks records
-- for the apps of generation A.
function here.init.sys()
    return {
        queue = {}, tail = 0, timers = {}, subscribers = {}, handlers = {}, apps = false,
        task_timer = 0, a_timer = 0, b_timer = 0, work_mode = 1,
    }
end

-- Tasks -----------------------------------------------------------------------------------------

-- Luat: `patch` concatenates, so an error that is no string raises once more, in whoever resumed.
function here.task_failed(co, err)
    local info = err .. "\r\n" .. here.traceback(co)
    here.library("log").error("coroutine.resume", info)
    local dev = here.dev
    local err_dump = dev.opened.errDump and here.library("errDump")
    if err_dump then err_dump.appendErr(info) end
    if dev.globals.COROUTINE_ERROR_RESTART then rtos.restart("COROUTINE_ERROR_RESTART") end
end

-- Resumes a task of the library's own: cheaper than the scripts' `coroutine.resume`.
local function wake(co, ...)
    local ok, err = resume(co, ...)
    if not ok then here.task_failed(co, here.plain_error(err, co)) end
end

here.wake = wake

function sys.taskInit(fun, ...)
    local co = create(fun)
    wake(co, ...)
    return co
end

local function task(name)
    local co = running()
    if co == here.dev.main then
        error("attempt to yield across metamethod/C-call boundary: " .. name .. " needs a task", 3)
    end
    return co
end

-- Luat: ended early by values, a wait stops its timer; by a resume without values it does not, and
-- the timer may later resume the task inside another wait.
local function waited(timers, id, ...)
    if select("#", ...) == 0 then return end
    timer_stop(id)
    timers[id] = nil
    return ...
end

local function arm(state, co, ms)
    local id = state.task_timer % TASK_TIMER_MAX + 1
    state.task_timer = id
    state.timers[id] = co
    timer_start(id, ms)
    return id
end

function sys.wait(ms)
    assert(ms > 0, "The wait time cannot be negative!")
    local co = task("sys.wait")
    local state = here.dev.sys
    local id = arm(state, co, ms)
    return waited(state.timers, id, yield())
end

-- Messages --------------------------------------------------------------------------------------

-- Subscribers of one id: a single function or thread as it is, several in a list that is copied on
-- change, so that a delivery under way walks the list it began with.
local function subscribe(subscribers, id, cb)
    local found = subscribers[id]
    if found == nil then
        subscribers[id] = cb
    elseif type(found) ~= "table" then
        if found ~= cb then subscribers[id] = { found, cb } end
    else
        local list = {}
        for i = 1, #found do
            if found[i] == cb then return end
            list[i] = found[i]
        end
        list[#list + 1] = cb
        subscribers[id] = list
    end
end

local function unsubscribe(subscribers, id, cb)
    local found = subscribers[id]
    if found == cb then
        subscribers[id] = nil
    elseif type(found) == "table" then
        local list = {}
        for i = 1, #found do
            if found[i] ~= cb then list[#list + 1] = found[i] end
        end
        if #list > 1 then subscribers[id] = list else subscribers[id] = list[1] end
    end
end

local function is_subscribed(subscribers, id, cb)
    local found = subscribers[id]
    if type(found) ~= "table" then return found == cb end
    for i = 1, #found do
        if found[i] == cb then return true end
    end
    return false
end

function sys.subscribe(id, cb)
    if type(id) ~= "string" or type(cb) ~= "function" and type(cb) ~= "thread" then
        here.library("log").warn("warning: sys.subscribe invalid parameter", id, cb)
        return
    end
    subscribe(here.dev.sys.subscribers, id, cb)
end

function sys.unsubscribe(id, cb)
    if type(id) ~= "string" or type(cb) ~= "function" and type(cb) ~= "thread" then
        here.library("log").warn("warning: sys.unsubscribe invalid parameter", id, cb)
        return
    end
    unsubscribe(here.dev.sys.subscribers, id, cb)
end

-- Trailing nils are lost, inner ones are kept.
local function trimmed(...)
    local count = select("#", ...)
    while count > 0 and select(count, ...) == nil do count = count - 1 end
    return { count, ... }
end

function sys.publish(id, a, b, ...)
    local state = here.dev.sys
    local queue, tail = state.queue, state.tail
    queue[tail + 1], queue[tail + 2], queue[tail + 3] = id, a, b
    queue[tail + 4] = select("#", ...) > 0 and trimmed(a, b, ...) or false
    state.tail = tail + 4
end

function sys.dispatch(id, ...)
    local state = here.dev.sys
    local queue, tail = state.queue, state.tail
    local record = trimmed(...)
    record.dispatched = true
    queue[tail + 1], queue[tail + 4] = id, record
    state.tail = tail + 4
end

-- Luat: the first value that wakes the task counts as the message's id, whoever gave it.
local function woken(state, id, co, timer, ...)
    unsubscribe(state.subscribers, id, co)
    if timer and select("#", ...) > 0 then
        timer_stop(timer)
        state.timers[timer] = nil
    end
    return ...
end

local function as_until(first, ...)
    if first == nil then return false end
    return true, ...
end

local function as_until_ext(first, ...)
    if first == nil then return false end
    return first, ...
end

local function wait_for(name, id, ms)
    local co = task(name)
    local state = here.dev.sys
    subscribe(state.subscribers, id, co)
    return state, id, co, ms and arm(state, co, ms)
end

function sys.waitUntil(id, ms)
    local state, _, co, timer = wait_for("sys.waitUntil", id, ms)
    return as_until(woken(state, id, co, timer, yield()))
end

function sys.waitUntilExt(id, ms)
    local state, _, co, timer = wait_for("sys.waitUntilExt", id, ms)
    return as_until_ext(woken(state, id, co, timer, yield()))
end

local function deliver_one(cb, id, a, b, rest)
    if type(cb) == "function" then
        if rest then return cb(unpack(rest, 2, rest[1] + 1)) end
        if b ~= nil then return cb(a, b) end
        if a ~= nil then return cb(a) end
        return cb()
    end
    if rest then return wake(cb, id, unpack(rest, 2, rest[1] + 1)) end
    if b ~= nil then return wake(cb, id, a, b) end
    if a ~= nil then return wake(cb, id, a) end
    return wake(cb, id)
end

local function deliver(subscribers, id, a, b, rest)
    local cb = subscribers[id]
    if cb == nil then return end
    if type(cb) ~= "table" then return deliver_one(cb, id, a, b, rest) end
    for i = 1, #cb do
        if subscribers[id] == cb or is_subscribed(subscribers, id, cb[i]) then
            deliver_one(cb[i], id, a, b, rest)
        end
    end
end

-- Apps of generation A, the most recent first. Unless a handler returns true, delivery ends.
local function dispatch_to_apps(state, id, args)
    local apps = state.apps or {}
    for i = #apps, 1, -1 do
        local app, more = apps[i], true
        if type(app) == "function" then
            more = app(id, unpack(args, 2, args[1] + 1))
        elseif app[id] then
            more = app[id](unpack(args, 2, args[1] + 1))
        end
        if more ~= true then return end
    end
end

local function add_app(state, app, ids)
    state.apps = state.apps or {}
    if type(app) == "function" then
        local handler = app
        app = { fn = handler }
        for i = 2, ids[1] + 1 do app[ids[i]] = function(...) return handler(ids[i], ...) end end
    end
    state.apps[#state.apps + 1] = app
end

local function remove_app(state, app)
    for i, known in pairs(state.apps or {}) do
        if known == app or known.fn == app then return table.remove(state.apps, i) end
    end
end

-- Messages that the library itself takes, before any app: called with this state and the record.
local internal = {
    SYS_ADD_APP = function(state, args) add_app(state, args[2], args[3]) end,
    SYS_REMOVE_APP = function(state, args) remove_app(state, args[2]) end,
}
here.internal = internal

-- Delivers all that is queued, and what is queued meanwhile.
local function drain(state)
    local queue, at = state.queue, 0
    while at < state.tail do
        local id, a, b, rest = queue[at + 1], queue[at + 2], queue[at + 3], queue[at + 4]
        at = at + 4
        if rest and rest.dispatched then
            if internal[id] then internal[id](state, rest) else dispatch_to_apps(state, id, rest) end
        else
            deliver(state.subscribers, id, a, b, rest)
        end
    end
    state.tail = 0
    -- A burst must not keep its payloads alive.
    if at > 64 then state.queue = {} end
end

-- Luat: registration is itself a message, so it takes effect when the queue reaches it.
function sys.regapp(app, ...)
    if type(app) ~= "table" and type(app) ~= "function" then
        error("unknown app type " .. type(app), 2)
    end
    sys.dispatch("SYS_ADD_APP", app, { select("#", ...), ... })
    return app
end

function sys.deregapp(app)
    sys.dispatch("SYS_REMOVE_APP", app)
end

-- Timers ----------------------------------------------------------------------------------------

local function same(timer, fn, count, args)
    if timer[1] ~= fn or timer[3] ~= count then return false end
    for i = 1, count do
        if timer[3 + i] ~= args[i] then return false end
    end
    return true
end

-- The running timer of this identity: the function and its arguments.
local function find_timer(timers, fn, ...)
    local args = { ... }
    local count = #args
    for id, timer in pairs(timers) do
        if type(timer) == "table" and same(timer, fn, count, args) then return id end
    end
end

local function stop_timer(timers, id)
    if not id or type(timers[id]) ~= "table" then return end
    timer_stop(id)
    timers[id] = nil
end

local function start_timer(state, id, loop, fn, ms, ...)
    local timers = state.timers
    stop_timer(timers, find_timer(timers, fn, ...))
    local args = { ... }
    timers[id] = { fn, loop and ms, #args, ... }
    timer_start(id, ms)
    return id
end

-- One-shot timers are gone inside their own callback; loops are armed again after it.
local function fire(state, id)
    local timers = state.timers
    local timer = timers[id]
    if timer == nil then return end
    if type(timer) == "thread" then
        timers[id] = nil
        return wake(timer)
    end
    if not timer[2] then timers[id] = nil end
    if timer[3] > 0 then timer[1](unpack(timer, 4, 3 + timer[3])) else timer[1]() end
    if timer[2] and timers[id] == timer then timer_start(id, timer[2]) end
end

local function a_start(loop, fn, ms, ...)
    assert(fn ~= nil, "timer_start:callback function==nil")
    assert(ms > 0, "timer_start:ms==0")
    local state = here.dev.sys
    state.a_timer = state.a_timer + 1
    return start_timer(state, A_TIMER + state.a_timer, loop, fn, ms, ...) - A_TIMER
end

local function b_start(loop, fn, ms, ...)
    assert(fn ~= nil, "sys.timerStart(first param) is nil !")
    assert(ms > 0, "sys.timerStart(Second parameter) is <= zero !")
    local state = here.dev.sys
    state.b_timer = state.b_timer + 1
    return start_timer(state, B_TIMER + state.b_timer, loop, fn, ms, ...)
end

function sys.timer_start(fn, ms, ...) return a_start(false, fn, ms, ...) end
function sys.timer_loop_start(fn, ms, ...) return a_start(true, fn, ms, ...) end
function sys.timerStart(fn, ms, ...) return b_start(false, fn, ms, ...) end
function sys.timerLoopStart(fn, ms, ...) return b_start(true, fn, ms, ...) end

-- Generation A counts its ids from 1; those of B are core ids.
local function core_id(id)
    if id < A_TIMER then return A_TIMER + id end
    return id
end

function sys.timer_stop(fn, ...)
    local timers = here.dev.sys.timers
    if type(fn) == "number" then return stop_timer(timers, core_id(fn)) end
    stop_timer(timers, find_timer(timers, fn, ...))
end

function sys.timer_stop_all(fn)
    local timers = here.dev.sys.timers
    for id, timer in pairs(timers) do
        if type(timer) == "table" and timer[1] == fn then stop_timer(timers, id) end
    end
end

function sys.timer_is_active(fn, ...)
    local timers = here.dev.sys.timers
    if type(fn) == "number" then return timers[core_id(fn)] ~= nil end
    return find_timer(timers, fn, ...) ~= nil
end

sys.timerStop, sys.timerStopAll = sys.timer_stop, sys.timer_stop_all

-- Luat: by id the callback, by function true; never false.
function sys.timerIsActive(fn, ...)
    local timers = here.dev.sys.timers
    if type(fn) == "number" then
        local timer = timers[core_id(fn)]
        return timer and timer[1]
    end
    if find_timer(timers, fn, ...) then return true end
end

-- The main loop ---------------------------------------------------------------------------------

function sys.regmsg(id, handler)
    here.dev.sys.handlers[id] = handler
end

rtos.on = sys.regmsg

function sys.run()
    local state = here.dev.sys
    local on, wait = here.on, here.wait
    while true do
        if state.tail > 0 then drain(state) end
        local kind, a, b, c = wait()
        if kind == MSG_TIMER then
            fire(state, a)
        else
            local handler = state.handlers[kind]
            if handler then
                handler(here.message_table(kind, a, b, c))
            elseif on[kind] then
                on[kind](a, b, c)
            end
        end
    end
end

-- Luat: generation A asks for MODULE_TYPE too; a script of generation B has none, so the two
-- that both have are asked for.
function sys.init(mode)
    local globals = here.dev.globals
    local project, version = globals.PROJECT, globals.VERSION
    assert(project and project ~= "" and version and version ~= "", "Undefine PROJECT or VERSION")
    local reason, core_version = rtos.poweron_reason(), rtos.get_version()
    local log = here.library("log")
    if globals.MODULE_TYPE then
        here.print("poweron reason:", reason, globals.MODULE_TYPE, project, version, sys.SCRIPT_LIB_VER, core_version)
    else
        log.info("poweron reason:", reason, project, version, sys.SCRIPT_LIB_VER, core_version)
    end
    local last_error = host.read_file("/luaerrinfo.txt")
    if last_error then here.print(last_error) end
    here.dev.sys.last_error = host.read_file("/lib_err.txt") or ""
    if here.dev.sys.last_error ~= "" then
        here.print("sys.initerr", here.dev.sys.last_error)
        host.remove_file("/lib_err.txt")
    end
end

-- Luat: the reason is kept for the next boot, in at most 2048 bytes.
function sys.restart(reason)
    assert(reason and reason ~= "", "sys.restart cause null")
    local entry = format("restart[%s];", reason)
    here.print("saferestart " .. entry)
    local kept = host.read_file("/lib_err.txt") or ""
    if #kept + #entry < 2048 then host.write_file("/lib_err.txt", kept .. entry) end
    rtos.restart(reason)
end

function sys.poweron() rtos.poweron(1) end
sys.powerOn = sys.poweron

function sys.getcorever() return rtos.get_version() end
function sys.getextliberr() return here.dev.sys.last_error or "" end
function sys.getworkmode() return here.dev.sys.work_mode end

function sys.setworkmode(mode)
    local state = here.dev.sys
    if mode == state.work_mode then return end
    state.work_mode = mode
    sys.dispatch("SYS_WORKMODE_IND")
    return true
end

-- Inert here: tracing goes to the terminal anyway, and an error always restarts the device.
function sys.opntrace() end
function sys.setrestore() end
function sys.setRollBack() end
function sys.refresh() sys.dispatch("MMI_REFRESH_IND") end

return sys
