-- The ground every script stands on: globals, modules, coroutines, and the way in and out.
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
local raw_getfenv, raw_setfenv, raw_loadstring = getfenv, setfenv, loadstring
local raw_pcall, raw_xpcall, raw_tostring, raw_collect = pcall, xpcall, tostring, collectgarbage
local find, format, gsub, match, sub = string.find, string.format, string.gsub, string.match, string.sub
local concat, select, type, unpack = table.concat, select, type, unpack
local getmetatable, rawget, rawset, setmetatable = getmetatable, rawget, rawset, setmetatable

-- What `rtos.receive` yields to the host, so that no other yield is taken for it. A script can get
-- hold of it, by running the main loop in a coroutine, so it is nothing that keeps a value.
local function WAIT() end
local function LOOP() end -- the same for `sys.run`, which needs its coroutine no more
local function DONE() end -- the same for a turn of the loop that has ended

local RECEIVE_TIMER = 0x7FFFFFFF -- the timer behind `rtos.receive(ms)`

-- Lua 5.1 has no emergency collection, and would let garbage grow to as much as what is in use.
collectgarbage("setpause", 110)

-- Where a device keeps `package.loaded`, the numbers it has given, and whether it is in the loop.
local LOADED, NUMBERED, LOOPING = 1, 2, 3

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
local WEAK = { __mode = "k" }
local NUMBERS_KEPT = 1000 -- after so many more, the room of those that are gone is given back
local numbers, given = setmetatable({}, WEAK), 0

local function give_number(value)
    given = given + 1
    if given > NUMBERS_KEPT then
        local kept = setmetatable({}, WEAK)
        for known, number in next, numbers do kept[known] = number end
        numbers, given = kept, 0
    end
    local dev = here.dev
    local number = dev[NUMBERED] + 1
    dev[NUMBERED], numbers[value] = number, number
    return number
end

local function text(value)
    local kind = type(value)
    if kind == "string" then return value end
    if kind == "number" or kind == "boolean" or kind == "nil" then return raw_tostring(value) end
    local mt = getmetatable(value)
    if kind == "userdata" or type(mt) == "table" and mt.__tostring then return raw_tostring(value) end
    local number = numbers[value] or give_number(value)
    return format("%s: 0x%08x", kind, 0x10000 + number * 32)
end

local function print_any(...)
    local words = { ... }
    for i = 1, select("#", ...) do words[i] = text(words[i]) end
    host.say(concat(words, "\t", 1, select("#", ...)))
end

-- Most lines are strings and whole numbers, which the host puts together by itself.
local function print(...)
    if not host.say(...) then print_any(...) end
end

-- The innermost line of the script itself, as `file:line`; of coroutine `co` where one is given.
function here.where(co)
    for level = 1, 40 do
        local info
        if co then info = getinfo(co, level - 1, "Sl") else info = getinfo(level, "Sl") end
        if not info then return nil end
        if sub(info.source, 1, 1) == "@" then return sub(info.source, 2) .. ":" .. info.currentline end
    end
end

-- Errors raised by the core arrive as userdata; scripts know only strings.
-- `co` is the coroutine that has ended with the error, where it is not the running one.
local function plain_error(err, co)
    if type(err) ~= "userdata" then return err end
    local message = match(raw_tostring(err), "^[^\n]*")
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
    if not ok then here.task_failed(co, plain_error((...), co)) end
    return ok, ...
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

-- Leaves the main script for good: from here on `here.turn(kind, a, b, c)` takes each message.
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
        error("`" .. name .. "." .. key .. "` is not supported; docs/api lists what is", level + 1)
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

-- Standard libraries ----------------------------------------------------------------------------

core.string, core.table, core.math, core.coroutine = string, table, math, coroutines
string.dump = nil
math.randomseed = host.random_seed

function math.random(low, high)
    local r = host.random()
    if not low then return r end
    if not high then low, high = 1, low end
    if low > high then error("bad argument #1 to 'random' (interval is empty)", 2) end
    return math.floor(r * (high - low + 1)) + low
end

-- Luat: the script library answers bad text with a second and third value.
local json_decode = core.json.decode

function core.json.decode(source)
    local ok, value = raw_pcall(json_decode, source)
    if ok then return value, true end
    return {}, false, plain_error(value)
end

core.debug = {
    traceback = function(...)
        return traceback(...)
    end,
}

local base = {
    assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, print = print,
    rawequal = rawequal, rawget = rawget, rawset = rawset, select = select, tonumber = tonumber,
    tostring = text, type = type, unpack = unpack, getmetatable = getmetatable,
    setmetatable = setmetatable, collectgarbage = raw_collect, _VERSION = _VERSION,
}

local function caught(ok, ...)
    if ok then return ok, ... end
    return ok, plain_error((...))
end

function base.pcall(f, ...)
    return caught(raw_pcall(f, ...))
end

function base.xpcall(f, handler)
    return raw_xpcall(f, function(err)
        return handler(plain_error(err))
    end)
end

-- The environment of this file, of the script library and of everything in Rust. It holds what could
-- break the state, such as `debug`, so no script gets it or changes whose it is.
local common = raw_getfenv(1)

-- The environment of `target`, unless it is the common one. Level 1 is whoever called the caller.
local function own(target)
    local level = type(target) == "number" and target > 0
    local env = raw_getfenv(level and target + 2 or target)
    return env ~= common and env
end

-- Compiled chunks can crash Lua 5.1; only source is loaded.
local function load_source(source, name)
    if sub(source, 1, 1) == "\27" then return nil, "compiled Lua cannot be loaded, only source" end
    local chunk, err = raw_loadstring(source, name)
    if not chunk then return nil, err end
    return raw_setfenv(chunk, own(0) or here.dev.globals)
end

function base.loadstring(source, name)
    return load_source(source, name or source)
end

function base.load(piece_of, name)
    local pieces = {}
    for piece in piece_of do
        if piece == "" then break end
        pieces[#pieces + 1] = piece
    end
    return load_source(concat(pieces), name or "=(load)")
end

function base.loadfile(path)
    local source = host.read_file(path)
    if not source then return nil, "cannot open " .. text(path) end
    return load_source(source, "@" .. path)
end

function base.dofile(path)
    local chunk, err = base.loadfile(path)
    if not chunk then error(err, 2) end
    return chunk()
end

function base.getfenv(target)
    return own(target or 1) or here.dev.globals
end

function base.setfenv(target, env)
    if not own(target) then error("'setfenv' cannot change environment of given object", 2) end
    local level = type(target) == "number" and target > 0
    return raw_setfenv(level and target + 1 or target, env)
end

-- In a shared state nobody may reach into what is common.
if shared then
    local allowed = { count = true, collect = true, step = true }
    function base.collectgarbage(what, arg)
        if not allowed[what or "collect"] then return 0 end
        return raw_collect(what, arg)
    end

    getmetatable("").__metatable = false
    setmetatable(string, {
        __metatable = false,
        __index = function(_, name)
            local mine = rawget(here.dev.globals, "string")
            return mine and rawget(mine, name)
        end,
    })
end

-- Modules ---------------------------------------------------------------------------------------

-- Which other globals come with a library file, as the module's own files load each other.
local CLOSURE = {
    sys = { "log", "utils", "patch", "pm", "table", "string", "io", "os" },
    socket = { "link", "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    link = { "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    net = { "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    sim = { "sys", "ril", "log", "utils", "patch", "pm" },
    misc = { "sys", "ril", "log", "utils", "patch", "pm" },
}

-- Library files of the module that are not built in yet.
local ABSENT = "aLiYun agps audio cc common console dbg errDump ftp gps http https lbsLoc led linkssl"
    .. " mqtt mqttssl netLed ntp nvm powerKey record scanCode sms socketssl ui update"
    .. " updatehttp websocket uart"

local libraries = {} -- by name: the module table, or false

-- A file of the script library, loaded once for the whole state.
local function library(name)
    local found = libraries[name]
    if found == nil then
        local chunk = host.library(name)
        found = chunk and raw_setfenv(chunk, common)(here) or false
        libraries[name] = found
        refuse_absent(name, found)
    end
    return found
end

here.library = library

local view_mt = {} -- by library table: the metatable of every device's view of it

local view

-- What a view falls through to: the library itself, or views of the tables in it.
local function fall_through(of)
    for _, inner in pairs(of) do
        if type(inner) == "table" then
            return function(mine, name)
                local found = of[name]
                if type(found) ~= "table" then return found end
                found = view(found)
                rawset(mine, name, found)
                return found
            end
        end
    end
    return of
end

-- A library as one device sees it.
function view(of)
    if not shared then return of end
    local mt = view_mt[of]
    if not mt then
        mt = { __index = fall_through(of), __metatable = false }
        view_mt[of] = mt
    end
    return setmetatable({}, mt)
end

local function seeall(module)
    local mt = getmetatable(module)
    if not mt then
        mt = {}
        setmetatable(module, mt)
    end
    mt.__index = here.dev.globals
end

core.package = { path = "/lua/?.lua", cpath = "", preload = {}, seeall = seeall }

-- A device's own `package`, with its own `loaded` and `preload`.
local package_mt = {
    __index = function(mine, name)
        if name == "loaded" then return here.dev[LOADED] end
        local found = core.package[name]
        if name == "preload" then
            found = {}
            rawset(mine, name, found)
        end
        return found
    end,
    __metatable = false,
}

-- The core library or opened script library that `dev` knows as `name`.
local function visible(dev, name)
    local found = core[name]
    if name == "package" and shared then
        local loaded = dev[LOADED]
        local mine = rawget(loaded, name) or setmetatable({}, package_mt)
        rawset(loaded, name, mine)
        return mine
    end
    if found then return view(found) end
    if dev.opened[name] then return view(library(name)) end
end

-- Which library files a device has opened is a set that devices share: the same steps lead to the
-- same set.
local nothing = {}
local after = {} -- by set and name: the set with that name too

local function with(opened, name)
    local known = after[opened] or {}
    after[opened] = known
    local more = known[name]
    if not more then
        more = { [name] = true }
        for other in pairs(opened) do more[other] = true end
        known[name] = more
    end
    return more
end

local function open(dev, name)
    if dev.opened[name] then return end
    dev.opened = with(dev.opened, name)
    for _, other in ipairs(CLOSURE[name] or {}) do
        if library(other) then open(dev, other) end
    end
    if not shared then rawset(dev.globals, name, library(name)) end
    if here.start[name] then here.start[name]() end
end

local compiled = {} -- by file name: a function that makes a fresh main function of the file

-- The main function of a script file. In a shared state its code is compiled once, and each device
-- gets a closure of its own.
local function load_file(name, source)
    if sub(source, 1, 1) == "#" then source = gsub(source, "^[^\n]*", "", 1) end
    if not shared then return load_source(source, "@" .. name) end
    local maker = compiled[name]
    if not maker then
        local chunk, err = load_source(source, "@" .. name)
        if not chunk then return nil, err end
        -- `...` is mentioned so that no implicit `arg` appears, which a main chunk has not.
        local wrapped = "return function(...) do local _ = ... end " .. source .. "\nend"
        maker = raw_setfenv(assert(load_source(wrapped, "@" .. name)), common)
        compiled[name] = maker
    end
    return raw_setfenv(maker(), here.dev.globals)
end

local function LOADING() end -- in `package.loaded` while a file runs for the first time

local function run_file(dev, name, source)
    local chunk, err = load_file(name .. ".lua", source)
    if not chunk then error("error loading module '" .. name .. "':\n\t" .. err, 0) end
    dev[LOADED][name] = LOADING
    local value = chunk(name)
    if value ~= nil then
        dev[LOADED][name] = value
    elseif dev[LOADED][name] == LOADING then
        dev[LOADED][name] = true
    end
    return dev[LOADED][name]
end

local function not_found(name)
    for _, suffix in ipairs({ ".luac", ".luae" }) do
        if host.source(name .. suffix) then
            host.notice("compiled script", here.where(), name .. suffix)
        end
    end
    if find(" " .. ABSENT .. " ", " " .. name .. " ", 1, true) then
        error("module '" .. name .. "' is not supported; docs/api lists what is", 3)
    end
    error("module '" .. name .. "' not found:\n\tno file '/lua/" .. name .. ".lua'", 3)
end

-- The project first, then the folders that the user named, then the built-in library; but the
-- built-in one stands in for a library file that the project ships.
function base.require(name)
    local dev = here.dev
    local value = dev[LOADED][name]
    if value == LOADING then error("loop or previous error loading module '" .. name .. "'", 2) end
    if value ~= nil then return value end
    local source, origin = host.source(name .. ".lua")
    if origin ~= "library" and library(name) then
        if source then host.notice("own library", nil, name .. ".lua") end
        open(dev, name)
        dev[LOADED][name] = dev.globals[name]
        return dev[LOADED][name]
    end
    local package = dev.globals.package
    local preload = type(package) == "table" and rawget(package, "preload")
    preload = preload and preload[name]
    if preload then
        dev[LOADED][name] = preload(name) or true
        return dev[LOADED][name]
    end
    if not source then not_found(name) end
    return run_file(dev, name, source)
end

-- The table that global `name` names, made where there is none; nil where something is in the way.
local function global_table(globals, name)
    for field in string.gmatch(name, "[^.]+") do
        local inner = rawget(globals, field)
        if inner == nil then
            inner = {}
            globals[field] = inner
        end
        if type(inner) ~= "table" then return nil end
        globals = inner
    end
    return globals
end

function base.module(name, ...)
    local dev = here.dev
    if not own(1) then error("'module' not called from a Lua function", 2) end
    local module = dev[LOADED][name]
    if type(module) ~= "table" or module == LOADING then
        module = global_table(dev.globals, name)
        if not module then error("name conflict for module '" .. name .. "'", 2) end
        dev[LOADED][name] = module
    end
    if rawget(module, "_NAME") == nil then
        module._M, module._NAME = module, name
        module._PACKAGE = match(name, "^(.*%.)[^.]*$") or ""
    end
    raw_setfenv(2, module)
    for i = 1, select("#", ...) do
        local option = select(i, ...)
        if type(option) == "function" then option(module) end
    end
end

-- Library files see what scripts see, whichever device comes first; nobody needs the raw ones.
for name, value in pairs(base) do common[name] = value end
for name, value in pairs(core) do common[name] = value end

-- Devices ---------------------------------------------------------------------------------------

-- A common function is found at once; a library is put into the device's own globals when it is
-- first named.
local base_mt = {
    __index = function(_, name)
        local dev = here.dev
        if name == "_G" then return dev.globals end
        local found = visible(dev, name)
        if found and name ~= "package" then rawset(dev.globals, name, found) end
        return found
    end,
}
local globals_mt = { __index = base, __metatable = false }
local loaded_mt = {
    __index = function(_, name)
        if core[name] then return here.dev.globals[name] end
    end,
    __metatable = false,
}
if shared then setmetatable(base, base_mt) end

local function furnish(dev)
    local globals, loaded = {}, dev[LOADED]
    dev.globals, dev.opened = globals, nothing
    if shared then
        setmetatable(globals, globals_mt)
        setmetatable(loaded, loaded_mt)
    else
        for name, value in pairs(base) do globals[name] = value end
        core.package.loaded = loaded
        for name, value in pairs(core) do globals[name], loaded[name] = value, value end
        globals._G, loaded._G = globals, globals
    end
end

-- Runs the main script; `setfenv(0)` gives everything that it creates its globals.
local function start(dev, main)
    raw_setfenv(0, dev.globals)
    local chunk, err = load_file(main, (host.source(main)))
    if not chunk then error(err, 0) end
    chunk()
end

local function ended(dev, ok, err)
    if not ok then return text(plain_error(err, dev.main)) .. "\n" .. traceback(dev.main) end
    if status(dev.main) == "suspended" then
        return "attempt to yield from outside a coroutine\n" .. traceback(dev.main)
    end
    return "the main script ended: `sys.run()` must be its last call"
end

-- A device in the loop needs no coroutine between two messages: all take their turns in this one. A
-- turn that waits by itself, in `rtos.receive`, keeps it, and the next device gets another.
local spare

local function work(kind, a, b, c)
    while true do
        here.turn(kind, a, b, c)
        kind, a, b, c = yield(DONE)
    end
end

-- Nothing while the script waits; message and traceback when it has ended.
local function settle(dev, ok, tag)
    if ok then
        if tag == DONE then spare = dev.main end
        dev[LOOPING] = tag == DONE or tag == LOOP
        if dev[LOOPING] or tag == WAIT then return nil end
    end
    return ended(dev, ok, tag)
end

local function boot(seat, main)
    local dev = setmetatable({ {}, 0, false, main = create(start) }, device_mt)
    devices[seat], here.dev = dev, dev
    furnish(dev)
    return settle(dev, resume(dev.main, dev, main))
end

local function enter(seat, kind, a, b, c)
    local dev = devices[seat]
    here.dev = dev
    if dev[LOOPING] then
        dev.main = spare or create(work)
        spare = nil
    end
    return settle(dev, resume(dev.main, kind, a, b, c))
end

local function leave(seat)
    devices[seat] = nil
end

return boot, enter, leave
