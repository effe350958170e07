-- Timers of `sys`, of both generations: known by the function and its arguments.

local here = ...
local rtos = here.core.rtos
local wake = here.wake
local timer_start, timer_stop, error, next = rtos.timer_start, rtos.timer_stop, error, next
local pairs, select, type, unpack = pairs, select, type, unpack

local A_TIMER = 0x10000000 -- timers of generation A from here; waits of tasks are below
local B_TIMER = 0x20000000 -- timers of generation B from here

local function RECORDED() end

-- By core id, functions for timers that are each device's alike.
local common_timers = {}
here.common_timers = common_timers

local sys = {}

local function same(record, fn, count, args)
    if record[1] ~= fn or record[3] ~= count then return false end
    for i = 1, count do
        if record[3 + i] ~= args[i] then return false end
    end
    return true
end

-- The same for a timer without arguments, as most are.
local function find_plain(state, fn)
    for id, timer in next, state.timers do
        if timer == fn then
            if id >= A_TIMER then return id end
        elseif timer == RECORDED then
            local record = state.records[id]
            if record[1] == fn and record[3] == 0 then return id end
        end
    end
end

-- The running timer of this identity: the function and its arguments, up to the last that is not
-- nil.
local function find_timer(state, fn, ...)
    if select("#", ...) == 0 then return find_plain(state, fn) end
    local args = { ... }
    local count = #args
    for id, timer in next, state.timers do
        if timer == fn then
            if count == 0 and id >= A_TIMER then return id end
        elseif timer == RECORDED and same(state.records[id], fn, count, args) then
            return id
        end
    end
end

local function forget(state, id)
    local timers, records = state.timers, state.records
    if timers[id] == RECORDED then
        records[id] = nil
        if next(records) == nil then state.records = false end
    end
    timers[id] = nil
end

local function stop_timer(state, id)
    if not id or id < A_TIMER or not state.timers[id] then return end
    timer_stop(id)
    forget(state, id)
end

local function keep(state, id, record)
    if not state.records then state.records = {} end
    state.timers[id], state.records[id] = RECORDED, record
end

local function record(state, id, loop, fn, ms, ...)
    stop_timer(state, find_timer(state, fn, ...))
    local args = { ... }
    keep(state, id, { fn, loop and ms, #args, ... })
end

-- One-shot timers are gone inside their own callback; loops are armed again after it.
local function fire_recorded(state, id)
    local record = state.records[id]
    if not record[2] then forget(state, id) end
    if record[3] > 0 then record[1](unpack(record, 4, 3 + record[3])) else record[1]() end
    if record[2] and state.timers[id] == RECORDED and state.records[id] == record then
        timer_start(id, record[2])
    end
end

local function fire(state, id)
    local timers = state.timers
    local timer = timers[id]
    if timer == RECORDED then return fire_recorded(state, id) end
    if timer == nil then
        local common = common_timers[id]
        return common and common()
    end
    timers[id] = nil
    if id < A_TIMER then return wake(timer) end
    return timer()
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
            local running = find_plain(state, fn)
            if running then stop_timer(state, running) end
            state.timers[id] = fn
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
    for id, timer in pairs(state.timers) do
        if timer == fn or timer == RECORDED and state.records[id][1] == fn then stop_timer(state, id) end
    end
end

function sys.timer_is_active(fn, ...)
    local state = here.dev.sys
    if type(fn) == "number" then return state.timers[core_id(fn)] ~= nil end
    return find_timer(state, fn, ...) ~= nil
end

sys.timerStop, sys.timerStopAll = sys.timer_stop, sys.timer_stop_all

-- Luat: by id the callback, by function true; never false.
function sys.timerIsActive(fn, ...)
    local state = here.dev.sys
    if type(fn) == "number" then
        local id = core_id(fn)
        local timer = state.timers[id]
        if timer == RECORDED then return state.records[id][1] end
        return timer
    end
    if find_timer(state, fn, ...) then return true end
end

here.fire = fire

return sys
