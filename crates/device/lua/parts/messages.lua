-- Messages of `sys`: `publish` to subscribers and waiting tasks, `dispatch` to the apps of generation A.

local here = ...
local failed, arm, disarm, no_task = here.failed, here.arm, here.disarm, here.no_task
local check_time = here.check_time
local resume, yield, running, pairs = here.resume, here.yield, here.running, pairs
local select, type, unpack, error = select, type, unpack, error

-- `queue` holds the ids of messages without arguments as they are, a message with one argument as
-- ONE, id and argument, and any other as five fields: FIELDS, id, first and second argument, and the
-- rest. The rest is false, or a table { count, arguments... } of all where there are more than two;
-- `dispatched` marks messages for the apps of generation A. `waiters` holds by message id the task
-- that waits for it, the one case that must be fast; all else that is subscribed, also a second task,
-- is in `subscribers`.
local function FIELDS() end
local function ONE() end

local QUEUE_KEPT = 8 -- a queue that was longer is made anew, since most devices seldom need one

local sys = {}

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
    if b ~= nil then return queue_fields(state, id, a, b, false) end
    local queue, tail = state.queue, state.tail
    if a ~= nil then
        queue[tail + 1], queue[tail + 2], queue[tail + 3] = ONE, id, a
        state.tail = tail + 3
    else
        queue[tail + 1], state.tail = id, tail + 1
    end
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
        local handler = apps[i][id]
        if handler and handler(unpack(args, 2, args[1] + 1)) ~= true then return end
    end
end

local function add_app(state, app)
    state.apps = state.apps or {}
    state.apps[#state.apps + 1] = app
end

local function remove_app(state, app)
    for i, known in pairs(state.apps or {}) do
        if known == app or known.fn == app then return table.remove(state.apps, i) end
    end
end

-- Messages that the library itself takes, before any app: called with this state and the record.
local internal = {
    SYS_ADD_APP = function(state, args) add_app(state, args[2]) end,
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
    local at, most, held = 0, 0, state.holders
    while at < state.tail do
        local id, a, b, rest = queue[at + 1], nil, nil, nil
        if id == ONE then
            id, a = queue[at + 2], queue[at + 3]
            queue[at + 3] = false
            at = at + 3
        elseif id == FIELDS then
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
        if held then state.at = at end
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
    if held then state.at = 0 end
end

-- After an error that the main loop survives: what was delivered before it is not delivered again.
function here.drop_delivered(state)
    if state.at and state.at > 0 then shortened(state, state.queue, state.at) end
    state.at = 0
end

-- A function for some ids as a table of functions by id, which are called without it.
local function app_of(handler, ...)
    local app = { fn = handler }
    for i = 1, select("#", ...) do
        local id = select(i, ...)
        app[id] = function(...) return handler(id, ...) end
    end
    return app
end

-- Luat: registration is itself a message, so it takes effect when the queue reaches it.
function sys.regapp(app, ...)
    if type(app) ~= "table" and type(app) ~= "function" then
        error("unknown app type " .. type(app), 2)
    end
    if type(app) == "function" then app = app_of(app, ...) end
    sys.dispatch("SYS_ADD_APP", app)
    return app
end

function sys.deregapp(app)
    sys.dispatch("SYS_REMOVE_APP", app)
end

here.drain = drain

return sys
