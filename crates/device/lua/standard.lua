-- The standard libraries and globals as scripts see them: nothing reads this machine, nothing can break
-- the Lua state, and in a shared state nobody reaches what is common.

local ground = ...
local core, host, shared, here = ground.core, ground.host, ground.shared, ground.here
local text, print, plain_error = ground.text, ground.print, ground.plain_error
local coroutines = ground.coroutines
local traceback, raw_getfenv, raw_setfenv = debug.traceback, getfenv, setfenv
local raw_loadstring, raw_pcall, raw_xpcall = loadstring, pcall, xpcall
local raw_collect, sub, concat, select = collectgarbage, string.sub, table.concat, select
local type, unpack, getmetatable, rawget, rawset = type, unpack, getmetatable, rawget, rawset
local setmetatable = setmetatable

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

ground.base, ground.common, ground.own, ground.load_source = base, common, own, load_source
return ground
