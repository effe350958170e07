-- Timers of `sys`, of both generations: known by the function and its arguments.

local here = ...
local rtos = here.core.rtos
local wake = here.wake
local timer_start, timer_stop, error, next = rtos.timer_start, rtos.timer_stop, error, next
local pairs, select, type, unpack = pairs, select, type, unpack

local A_TIMER = 0x10000000 -- timers of generation A from here; waits of tasks are below
local B_TIMER = 0x20000000 -- timers of generation B from here

local NONE = {}

-- By core id, functions for timers that are each device's alike.
local common_timers = {}
here.common_timers = common_timers

-- Whether any device has ever had a timer of `records`: most never do.
local any_records = false

local sys = {}

local function same(record, fn, count, args)
    if record[1] ~= fn or record[3] ~= count then return false end
    for i = 1, count do
        if record[3 + i] ~= args[i] then return false end
    end
    return true
end

-- The core id of the recorded timer of this identity.
local function find_record(state, fn, count, args)
    for id, record in next, state.records or NONE do
        if same(record, fn, count, args) then return id end
    end
end

-- The core id of the running timer of this identity: the function and its arguments, up to the last
-- that is not nil.
local function find_timer(state, fn, ...)
    local args = { ... }
    local count = #args
    return count == 0 and state.timers[fn] or find_record(state, fn, count, args)
end

-- What the plain timer of this core id calls.
local function called_by(state, id)
    for fn, at in next, state.timers do
        if at == id then return fn end
    end
end

local function forget_record(state, id)
    local records = state.records
    records[id] = nil
    if next(records) == nil then state.records = false end
end

local function forget(state, id)
    local fn = called_by(state, id)
    if fn ~= nil then
        state.timers[fn] = nil
    elseif state.records and state.records[id] then
        forget_record(state, id)
    else
        return false
    end
    return true
end

local function stop_timer(state, id)
    if id and forget(state, id) then timer_stop(id) end
end

local function record(state, id, loop, fn, ms, ...)
    stop_timer(state, find_timer(state, fn, ...))
    local args = { ... }
    any_records = true
    if not state.records then state.records = {} end
    state.records[id] = { fn, loop and ms, #args, ... }
end

-- One-shot timers are gone inside their own callback; loops are armed again after it.
local function fire_recorded(state, id, record)
    if not record[2] then forget_record(state, id) end
    if record[3] > 0 then record[1](unpack(record, 4, 3 + record[3])) else record[1]() end
    if record[2] and state.records and state.records[id] == record then
        timer_start(id, record[2])
    end
end

local function fire_wait(state, id)
    local waits = state.waits
    local co = waits and waits[id]
    if not co then return end
    waits[id] = nil
    return wake(co)
end

local function fire(state, id)
    if id < A_TIMER then return fire_wait(state, id) end
    local timers = state.timers
    for fn, at in next, timers do
        if at == id then
            timers[fn] = nil
            return fn()
        end
    end
    local record = state.records and state.records[id]
    if record then return fire_recorded(state, id, record) end
    local common = common_timers[id]
    return common and common()
end

-- Stops what runs by this function without arguments, and has the timer `id` call it.
local function replace(state, fn, id)
    local timers = state.timers
    local running = timers[fn]
    if running then
        timer_stop(running)
    elseif any_records then
        stop_timer(state, find_record(state, fn, 0))
    end
    timers[fn] = id
end

-- A function that starts timers. `count` is where a device counts them, from the core id `first` on;
-- the script is told an id that is less by `hidden`. Scripts call it all the time, most often for a timer that
-- runs once and has no arguments.
local function starter(loop, count, first, hidden, no_function, no_time)
    return function(fn, ms, ...)
        if fn == nil then error(no_function, 0) end
        if not (ms > 0) then error(no_time, 0) end
        local state = here.dev.sys
        local id = state[count] + 1
        state[count] = id
        id = id + first
        if loop or not fn or select("#", ...) > 0 then
            record(state, id, loop, fn, ms, ...)
        else
            replace(state, fn, id)
        end
        timer_start(id, ms)
        return id - hidden
    end
end

local function a_starter(loop)
    local no_function = "timer_start:callback function==nil"
    return starter(loop, "a_timer", A_TIMER, A_TIMER, no_function, "timer_start:ms==0")
end

local function b_starter(loop)
    local no_function = "sys.timerStart(first param) is nil !"
    return starter(loop, "b_timer", B_TIMER, 0, no_function, "sys.timerStart(Second parameter) is <= zero !")
end

sys.timer_start, sys.timer_loop_start = a_starter(false), a_starter(true)
sys.timerStart, sys.timerLoopStart = b_starter(false), b_starter(true)

-- Generation A counts its ids from 1; those of B are core ids.
local function core_id(id)
    if id < A_TIMER then return A_TIMER + id end
    return id
end

function sys.timer_stop(fn, ...)
    local state = here.dev.sys
    if type(fn) == "number" then return stop_timer(state, core_id(fn)) end
    stop_timer(state, find_timer(state, fn, ...))
end

function sys.timer_stop_all(fn)
    local state = here.dev.sys
    stop_timer(state, state.timers[fn])
    for id, record in pairs(state.records or NONE) do
        if record[1] == fn then stop_timer(state, id) end
    end
end

-- What the running timer of an id calls; nil if none runs.
local function running_by(state, id)
    id = core_id(id)
    local record = state.records and state.records[id]
    if record then return record[1] end
    return called_by(state, id)
end

function sys.timer_is_active(fn, ...)
    local state = here.dev.sys
    if type(fn) == "number" then return running_by(state, fn) ~= nil end
    return find_timer(state, fn, ...) ~= nil
end

sys.timerStop, sys.timerStopAll = sys.timer_stop, sys.timer_stop_all

-- Luat: by the id the callback, by the function true; never false.
function sys.timerIsActive(fn, ...)
    local state = here.dev.sys
    if type(fn) == "number" then return running_by(state, fn) end
    if find_timer(state, fn, ...) then return true end
end

here.fire = fire

return sys
