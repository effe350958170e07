-- `sys`: the main loop, tasks, timers and messages of both generations.
--
-- Timers of all kinds share one table, by core timer id: a waiting task is its coroutine, a function
-- to be called once is itself, and any other timer a table { fn, ms or false, count, args... } where
-- `ms` makes it a loop.

local here = ...
local host, rtos = here.host, here.core.rtos
local create, resume, yield, running = here.create, here.resume, here.yield, here.running
local timer_start, timer_stop = rtos.timer_start, rtos.timer_stop
local assert, next, pairs, rawget, select, type, unpack = assert, next, pairs, rawget, select, type, unpack
local format, setmetatable = string.format, setmetatable

local MSG_TIMER = rtos.MSG_TIMER
local TASK_TIMER_MAX = 0x0FFFFFFF -- waits of tasks count from 1 to here,
local A_TIMER = 0x10000000 -- timers of generation A from here,
local B_TIMER = 0x20000000 -- timers of generation B from here

local sys = { SCRIPT_LIB_VER = "2.4.0", SIMPLE_MODE = 0, FULL_MODE = 1 }

-- `queue` holds the ids of messages without arguments as they are, and any other message as five
-- fields: FIELDS, id, first and second argument, and the rest. The rest is false, or a table
-- { count, arguments... } of all where there are more than two; `dispatched` marks messages for the
-- apps of generation A. `waiters` holds by message id the task that waits for it, the one case that
-- must be fast; all else that is subscribed, also a second task, is in `subscribers`.
local FIELDS = {}

local QUEUE_KEPT = 8 -- a queue that was longer is made anew, since most devices seldom need one

-- What most devices never change, so that it takes no room in their state.
local DEFAULTS = {
    __index = {
        handlers = {}, apps = false, task_timer = 0, a_timer = 0, b_timer = 0, work_mode = 1,
    },
}

function here.init.sys()
    local state = { queue = {}, tail = 0, waiters = {}, subscribers = {}, timers = {} }
    return setmetatable(state, DEFAULTS)
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

function sys.taskInit(fun, ...)
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
    state.timers[id] = co
    timer_start(id, ms)
    return id
end

-- Ends what `arm` began, before its time.
local function disarm(state, id)
    timer_stop(id)
    state.timers[id] = nil
end

here.arm, here.disarm = arm, disarm

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

function sys.wait(ms)
    check_time(ms)
    local dev, co = here.dev, running()
    if co == dev.main then no_task("sys.wait") end
    local state = dev.sys
    return waited(state, arm(state, co, ms), yield())
end

-- Messages --------------------------------------------------------------------------------------

-- Subscribers of one id: a single function or thread as it is, several in a list that is copied on
-- change, so that a delivery under way walks the list it began with.
local function subscribe(state, id, cb)
    local subscribers, waiters = state.subscribers, state.waiters
    local found = subscribers[id]
    if waiters[id] == cb then return end
    if waiters[id] == nil and found == nil and type(cb) == "thread" then
        waiters[id] = cb
    elseif found == nil then
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

local function unsubscribe(state, id, cb)
    local subscribers = state.subscribers
    local found = subscribers[id]
    if state.waiters[id] == cb then
        state.waiters[id] = nil
    elseif found == cb then
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

local function subscribable(name, id, cb)
    local kind = type(cb)
    if type(id) == "string" and (kind == "function" or kind == "thread") then return true end
    here.library("log").warn("warning: sys." .. name .. " invalid parameter", id, cb)
end

function sys.subscribe(id, cb)
    if subscribable("subscribe", id, cb) then subscribe(here.dev.sys, id, cb) end
end

function sys.unsubscribe(id, cb)
    if subscribable("unsubscribe", id, cb) then unsubscribe(here.dev.sys, id, cb) end
end

-- Trailing nils are lost, inner ones are kept.
local function trimmed(...)
    local count = select("#", ...)
    while count > 0 and select(count, ...) == nil do count = count - 1 end
    return { count, ... }
end

local function queue_fields(state, id, a, b, rest)
    local queue, tail = state.queue, state.tail
    queue[tail + 1], queue[tail + 2] = FIELDS, id
    queue[tail + 3], queue[tail + 4], queue[tail + 5] = a, b, rest
    state.tail = tail + 5
end

local function queue_many(state, id, ...)
    local rest = trimmed(...)
    return queue_fields(state, id, rest[2], rest[3], rest[1] > 2 and rest)
end

function sys.publish(id, a, b, ...)
    local state = here.dev.sys
    if select("#", ...) > 0 then return queue_many(state, id, a, b, ...) end
    if a ~= nil or b ~= nil then return queue_fields(state, id, a, b, false) end
    local tail = state.tail + 1
    state.queue[tail], state.tail = id, tail
end

function sys.dispatch(id, ...)
    local rest = trimmed(...)
    rest.dispatched = true
    queue_fields(here.dev.sys, id, nil, nil, rest)
end

-- What a wait for message `id` begins with; the timer, where there is one.
local function begin_wait(state, id, co, ms)
    -- Luat: where the id is no string it warns, and waits all the same.
    sys.subscribe(id, co)
    if ms then
        check_time(ms)
        return arm(state, co, ms)
    end
end

-- What it ends with.
local function end_wait(state, id, co, timer, woken)
    sys.unsubscribe(id, co)
    if timer and woken ~= nil then disarm(state, timer) end
end

-- Luat: the first value that wakes the task counts as the message's id, whoever gave it.
local function until_woken(state, id, co, timer, first, ...)
    end_wait(state, id, co, timer, first)
    if first == nil then return false end
    return true, ...
end

local function until_ext_woken(state, id, co, timer, first, ...)
    end_wait(state, id, co, timer, first)
    if first == nil then return false end
    return first, ...
end

-- The same for a task that is the first to wait, and without limit.
local function first_woken(waiters, id, co, first, ...)
    if waiters[id] == co then waiters[id] = nil else sys.unsubscribe(id, co) end
    if first == nil then return false end
    return true, ...
end

function sys.waitUntil(id, ms)
    local dev, co = here.dev, running()
    if co == dev.main then no_task("sys.waitUntil") end
    local state = dev.sys
    local waiters = state.waiters
    if not ms and waiters[id] == nil and type(id) == "string" then
        waiters[id] = co
        return first_woken(waiters, id, co, yield())
    end
    return until_woken(state, id, co, begin_wait(state, id, co, ms), yield())
end

function sys.waitUntilExt(id, ms)
    local dev, co = here.dev, running()
    if co == dev.main then no_task("sys.waitUntilExt") end
    local state = dev.sys
    return until_ext_woken(state, id, co, begin_wait(state, id, co, ms), yield())
end

local function call(fn, a, b, rest)
    if rest then return fn(unpack(rest, 2, rest[1] + 1)) end
    if b ~= nil then return fn(a, b) end
    if a ~= nil then return fn(a) end
    return fn()
end

-- Only as many values as were published: a task may count them.
local function wake_for(co, id, a, b, rest)
    local ok, err
    if rest then
        ok, err = resume(co, id, unpack(rest, 2, rest[1] + 1))
    elseif b ~= nil then
        ok, err = resume(co, id, a, b)
    elseif a ~= nil then
        ok, err = resume(co, id, a)
    else
        ok, err = resume(co, id)
    end
    if not ok then failed(co, err) end
end

local function deliver_one(cb, id, a, b, rest)
    if type(cb) == "function" then return call(cb, a, b, rest) end
    return wake_for(cb, id, a, b, rest)
end

-- To all that are subscribed when it begins, and still are when it is their turn.
local function deliver(state, id, a, b, rest)
    local co, cb = state.waiters[id], state.subscribers[id]
    if co then wake_for(co, id, a, b, rest) end
    if cb == nil then return end
    local subscribers = state.subscribers
    if type(cb) ~= "table" then cb = { cb } end
    for i = 1, #cb do
        if cb[i] ~= co and is_subscribed(subscribers, id, cb[i]) then
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

local function deliver_fields(state, id, a, b, rest)
    if rest and rest.dispatched then
        if internal[id] then return internal[id](state, rest) end
        return dispatch_to_apps(state, id, rest)
    end
    return deliver(state, id, a, b, rest)
end

-- A queue without the first `at` slots of `queue`, so that tasks that always leave a message behind
-- for each other keep no memory.
local function shortened(state, queue, at)
    local rest = state.tail - at
    local fresh = {}
    for i = 1, rest do fresh[i] = queue[at + i] end
    state.queue, state.tail = fresh, rest
    return fresh
end

-- Delivers all that is queued, and what is queued meanwhile. A queue that has been read to its end
-- begins anew before the last message is delivered: tasks that wake each other in turn then use
-- the same few slots for ever.
local function drain(state)
    local queue, waiters, subscribers = state.queue, state.waiters, state.subscribers
    local at, most = 0, 0
    while at < state.tail do
        local id, a, b, rest = queue[at + 1], nil, nil, nil
        if id == FIELDS then
            id, a, b, rest = queue[at + 2], queue[at + 3], queue[at + 4], queue[at + 5]
            -- What was delivered is let go of.
            queue[at + 3], queue[at + 4], queue[at + 5] = false, false, false
            at = at + 5
        else
            at = at + 1
        end
        if at == state.tail then
            if at > most then most = at end
            state.tail, at = 0, 0
        elseif at > 256 and at > state.tail / 2 then
            queue, at = shortened(state, queue, at), 0
        end
        local co = waiters[id]
        if not co or rest or b ~= nil or subscribers[id] ~= nil then
            deliver_fields(state, id, a, b, rest)
        else
            local ok, err
            if a ~= nil then ok, err = resume(co, id, a) else ok, err = resume(co, id) end
            if not ok then failed(co, err) end
        end
    end
    -- The payloads of a burst are not kept.
    if most > QUEUE_KEPT then state.queue = {} end
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

local NONE = {} -- the arguments of a timer without any

local function same(timer, fn, count, args)
    if timer[1] ~= fn or timer[3] ~= count then return false end
    for i = 1, count do
        if timer[3 + i] ~= args[i] then return false end
    end
    return true
end

-- The running timer of this identity: the function and its arguments, up to the last that is not
-- nil. Most have none, and are found without making a table.
local function find_timer(timers, fn, ...)
    local args = select("#", ...) > 0 and { ... } or NONE
    local count = #args
    for id, timer in next, timers do
        if timer == fn then
            if count == 0 and id >= A_TIMER then return id end
        elseif type(timer) == "table" and same(timer, fn, count, args) then
            return id
        end
    end
end

local function stop_timer(timers, id)
    if not id or id < A_TIMER or not timers[id] then return end
    timer_stop(id)
    timers[id] = nil
end

local function start_timer(state, id, loop, fn, ms, ...)
    local timers = state.timers
    stop_timer(timers, find_timer(timers, fn, ...))
    local count = select("#", ...)
    if count > 0 then
        local args = { ... }
        timers[id] = { fn, loop and ms, #args, ... }
    elseif loop or type(fn) ~= "function" then
        timers[id] = { fn, loop and ms, 0 }
    else
        timers[id] = fn
    end
    timer_start(id, ms)
    return id
end

-- One-shot timers are gone inside their own callback; loops are armed again after it.
local function fire(state, id)
    local timers = state.timers
    local timer = timers[id]
    if timer == nil then return end
    local kind = type(timer)
    if kind ~= "table" then
        timers[id] = nil
        if kind == "thread" then return wake(timer) end
        return timer()
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
        if timer == fn or type(timer) == "table" and timer[1] == fn then stop_timer(timers, id) end
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
        return type(timer) == "table" and timer[1] or timer
    end
    if find_timer(timers, fn, ...) then return true end
end

-- The main loop ---------------------------------------------------------------------------------

function sys.regmsg(id, handler)
    local state = here.dev.sys
    if not rawget(state, "handlers") then state.handlers = {} end
    state.handlers[id] = handler
end

rtos.on = sys.regmsg

local function handle(state, kind, a, b, c)
    if kind == MSG_TIMER then return fire(state, a) end
    local handler = state.handlers[kind]
    if handler then return handler(here.message_table(kind, a, b, c)) end
    local on = here.on[kind]
    if on then return on(a, b, c) end
end

-- One message, and all that follows from it.
function here.turn(kind, a, b, c)
    local state = here.dev.sys
    handle(state, kind, a, b, c)
    if state.tail > 0 then drain(state) end
end

-- A loop that a script runs in a coroutine of its own stays there.
function sys.run()
    local dev = here.dev
    local state = dev.sys
    if state.tail > 0 then drain(state) end
    if running() == dev.main then here.loop() end
    while true do here.turn(here.wait()) end
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
    local lib_error = host.read_file("/lib_err.txt") or ""
    if lib_error ~= "" then
        here.dev.sys.last_error = lib_error
        here.print("sys.initerr", lib_error)
        host.remove_file("/lib_err.txt")
    end
end

-- Luat: the reason is kept for the next boot, in at most 2048 bytes. It is printed as the
-- generation of the script does, which `MODULE_TYPE` tells.
function sys.restart(reason)
    assert(reason and reason ~= "", "sys.restart cause null")
    local entry = format("restart[%s];", reason)
    if here.dev.globals.MODULE_TYPE then
        here.print("saferestart " .. entry)
    else
        here.library("log").warn("sys.restart", reason)
    end
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
