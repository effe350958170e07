-- The ground every script stands on, first of four files: text, coroutines and waiting. After it come
-- standard.lua (the standard libraries), modules.lua (`require`, `module`) and seats.lua (devices, and
-- the way in and out). They hand each other `ground`, which no script and no library file sees.
--
-- One Lua state hosts one device ("alone") or many ("shared"). Everything that belongs to a device
-- is reached through `here.dev`, which is switched before each resume; nothing of a device is kept
-- in an upvalue of this file or of the script library. So the library's code is shared, and alone
-- or shared it is the same code.
--
-- In a shared state a device sees its libraries through tables of its own: what it writes there
-- stays there. Its globals fall through to the common ones in the same way.

local core, host, shared = ...

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local running, status, wrap = coroutine.running, coroutine.status, coroutine.wrap
local getinfo, traceback = debug.getinfo, debug.traceback
local format, gsub, match, sub = string.format, string.gsub, string.match, string.sub
local concat, raw_tostring, select, type = table.concat, tostring, select, type
local getmetatable, rawset, setmetatable = getmetatable, rawset, setmetatable
local collect = collectgarbage

-- What `rtos.receive` yields to the host, so that no other yield is taken for it. A script can get
-- hold of it, by running the main loop in a coroutine, so it is nothing that keeps a value.
local function WAIT() end
local function LOOP() end -- the same for `sys.run`, which needs its coroutine no more
local function DONE() end -- the same for a turn of the loop that has ended

local RECEIVE_TIMER = 0x7FFFFFFF -- the timer behind `rtos.receive(ms)`

-- The host watches each coroutine by itself, so it counts them too.
local raw_create, raw_wrap = create, wrap
local print

-- No function of C can be a task, but `print` is taken for one of Lua.
local function main_of(f)
    host.coroutine()
    if f ~= print then return f end
    return function(...) print(...) end
end

function create(f) return raw_create(main_of(f)) end
function wrap(f) return raw_wrap(main_of(f)) end

-- Where a device keeps `package.loaded`, and whether it is in the loop.
local LOADED, LOOPING = 1, 2

-- What the script library builds on. `init[name](dev)` makes the library's state for a device, the
-- first time `dev[name]` is read; `on[kind](a, b, c)` takes a message that no script handler wants;
-- `net[...]` hear of network changes; `start[name]()` runs when a device opens that library.
local here = { dev = false, init = {}, on = {}, net = {}, start = {}, core = core, host = host }
local devices = {}
local device_mt = {
    __index = function(dev, name)
        local init = here.init[name]
        local state = init and init(dev)
        rawset(dev, name, state)
        return state
    end,
}

-- Text ------------------------------------------------------------------------------------------

-- Addresses differ from run to run, so values without a text of their own are numbered per device,
-- in the order in which they are first printed.
local function text(value)
    local kind = type(value)
    if kind == "string" then return value end
    if kind == "number" or kind == "boolean" or kind == "nil" then return raw_tostring(value) end
    local mt = getmetatable(value)
    if kind == "userdata" or type(mt) == "table" and mt.__tostring then return raw_tostring(value) end
    return format("%s: 0x%08x", kind, 0x10000 + host.number(value) * 32)
end

local function print_any(...)
    local words = { ... }
    for i = 1, select("#", ...) do words[i] = text(words[i]) end
    host.say(concat(words, "\t", 1, select("#", ...)))
end

-- Most lines need no metamethod and no fraction, and the host puts them together by itself.
print = host.printer(print_any)

-- The innermost line of the script itself, as `file:line`; of coroutine `co` where one is given.
function here.where(co)
    for level = 1, 40 do
        local info
        if co then info = getinfo(co, level - 1, "Sl") else info = getinfo(level, "Sl") end
        if not info then return nil end
        if sub(info.source, 1, 1) == "@" then return sub(info.source, 2) .. ":" .. info.currentline end
    end
end

local NIL_VALUE = "(a nil value)"

-- Errors raised by the core arrive as userdata; scripts know only strings. One about a `nil` may have
-- more behind it.
-- `co` is the coroutine that has ended with the error, where it is not the running one.
-- Every caught error comes through here. It is raised again where the script that has caught it is
-- stuck and must let go.
local OUT_OF_MEMORY = "not enough memory" -- has no place, as Lua raises it

local function plain_error(err, co)
    if err == OUT_OF_MEMORY then collect() end
    host.fault(err)
    if type(err) == "string" and sub(err, -#NIL_VALUE) == NIL_VALUE then return host.explained(err) end
    if type(err) ~= "userdata" then return err end
    local message = match(raw_tostring(err), "^[^\n]*")
    if match(message, "^%a+ error: (.*)") == OUT_OF_MEMORY then return OUT_OF_MEMORY end
    local at = here.where(co)
    return (at and at .. ": " or "") .. gsub(message, "^runtime error: ", "")
end

here.text, here.print, here.plain_error, here.traceback = text, print, plain_error, traceback
here.resume, here.yield, here.running, here.create, here.status = resume, yield, running, create, status

-- Coroutines ------------------------------------------------------------------------------------

-- The main script runs in a coroutine of the host's; a script must not notice.
local coroutines = { create = create, wrap = wrap, status = status }

function coroutines.running()
    local co = running()
    if co ~= here.dev.main then return co end
end

function coroutines.yield(...)
    if running() == here.dev.main then
        error("attempt to yield across metamethod/C-call boundary", 2)
    end
    return yield(...)
end

-- Set by `sys`, which logs the error of a task that has failed.
function here.task_failed() end

local function resumed(co, ok, ...)
    if ok then return ok, ... end
    local err = plain_error((...), co)
    here.task_failed(co, err)
    return ok, err
end

function coroutines.resume(co, ...)
    return resumed(co, resume(co, ...))
end

-- Waiting ---------------------------------------------------------------------------------------

local function message_table(kind, a, b, c)
    local rtos = core.rtos
    if kind == rtos.MSG_SOCK_SEND_CNF then
        return { id = kind, socket_index = a, result = b, send_len = c }
    elseif kind == rtos.MSG_SOCK_RECV_IND then
        return { id = kind, socket_index = a, result = b, recv_len = c }
    elseif kind == rtos.MSG_INT then
        return { id = kind, int_id = a, int_resnum = b }
    elseif kind == rtos.MSG_PDP_DEACT_IND then
        return { id = kind }
    end
    return { id = kind, socket_index = a, result = b }
end

here.message_table = message_table

-- Waits for one message; for the library's own loop, which wants numbers and no table.
function here.wait()
    return yield(WAIT)
end

-- Leaves the main script for good: from here on each message is taken by `here.take_turns`.
function here.loop()
    yield(LOOP)
end

function core.rtos.receive(timeout)
    if running() ~= here.dev.main then
        error("rtos.receive: only the main script may wait here, a task must use sys.wait", 2)
    end
    local limited = type(timeout) == "number" and timeout > 0
    if limited then core.rtos.timer_start(RECEIVE_TIMER, timeout) end
    local kind, a, b, c = yield(WAIT)
    if kind == core.rtos.MSG_TIMER then
        if a == RECEIVE_TIMER then return core.rtos.WAIT_MSG_TIMEOUT end
        if limited then core.rtos.timer_stop(RECEIVE_TIMER) end
        return kind, a
    end
    if limited then core.rtos.timer_stop(RECEIVE_TIMER) end
    if kind == core.rtos.MSG_UART_RXDATA then return kind, a, b end
    if kind == core.rtos.MSG_UART_TX_DONE then return kind, a end
    return message_table(kind, a, b, c)
end

-- Does not come back into the script: the main script ends its run here, a task is never resumed.
function core.rtos.restart(reason)
    host.restart(reason)
    while true do
        if running() == here.dev.main then yield(WAIT) else yield() end
    end
end

function core.rtos.poweroff()
    host.power_off()
    while true do
        if running() == here.dev.main then yield(WAIT) else yield() end
    end
end

-- What is not here ------------------------------------------------------------------------------

-- Reading what the module has and this one has not is an error, not a silent nil.
function here.refuse(name, key, level)
    if type(key) == "string" and host.is_absent(name, key) then
        error(host.refusal(name, key, here.where()), level + 1)
    end
end

local function refuse_absent(name, found)
    if type(found) ~= "table" or getmetatable(found) ~= nil or not host.is_absent(name) then return end
    setmetatable(found, {
        __index = function(_, key) here.refuse(name, key, 2) end,
        __metatable = false,
    })
end

for name, found in pairs(core) do refuse_absent(name, found) end
refuse_absent("pio.pin", core.pio.pin)

-- What the next files build on.
return {
    core = core, host = host, shared = shared, here = here, text = text, print = print,
    plain_error = plain_error, coroutines = coroutines, refuse_absent = refuse_absent, WAIT = WAIT,
    LOOP = LOOP, DONE = DONE, LOADED = LOADED, LOOPING = LOOPING, devices = devices,
    device_mt = device_mt,
}
