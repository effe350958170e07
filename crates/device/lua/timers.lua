-- Timers of `sys`, of both generations: known by the function and its arguments.

local here = ...
local rtos = here.core.rtos
local wake = here.wake
local timer_start, timer_stop, assert, next = rtos.timer_start, rtos.timer_stop, assert, next
local pairs, select, type, unpack = pairs, select, type, unpack

local A_TIMER = 0x10000000 -- timers of generation A from here; waits of tasks are below
local B_TIMER = 0x20000000 -- timers of generation B from here

local sys = {}

local function same(timer, fn, count, args)
    if timer[1] ~= fn or timer[3] ~= count then return false end
    for i = 1, count do
        if timer[3 + i] ~= args[i] then return false end
    end
    return true
end

-- The same for a timer without arguments, as most are.
local function find_plain(timers, fn)
    for id, timer in next, timers do
        if timer == fn then
            if id >= A_TIMER then return id end
        elseif type(timer) == "table" and timer[1] == fn and timer[3] == 0 then
            return id
        end
    end
end

-- The running timer of this identity: the function and its arguments, up to the last that is not
-- nil.
local function find_timer(timers, fn, ...)
    if select("#", ...) == 0 then return find_plain(timers, fn) end
    local args = { ... }
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

local function start_plain(state, id, loop, fn, ms)
    local timers = state.timers
    local running = find_plain(timers, fn)
    if running then stop_timer(timers, running) end
    timers[id] = (loop or type(fn) ~= "function") and { fn, loop and ms, 0 } or fn
    timer_start(id, ms)
    return id
end

local function start_timer(state, id, loop, fn, ms, ...)
    if select("#", ...) == 0 then return start_plain(state, id, loop, fn, ms) end
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

here.fire = fire

return sys
