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
local setmetatable, floor, tonumber = setmetatable, math.floor, tonumber

core.string, core.table, core.math, core.coroutine = string, table, math, coroutines
string.dump = nil
string.rep, string.find, string.match = host.text.rep, host.text.find, host.text.match

-- Replacing -------------------------------------------------------------------------------------

local raw_gsub, step, texts, replaced = string.gsub, host.text.step, host.text.texts, host.text.gsub

function string.gmatch(subject, pattern)
    subject, pattern = texts("gmatch", subject, pattern)
    local at = 0
    local function go_on(from, to, ...)
        -- Past the end where nothing matched, and past an empty match.
        at = not from and #subject + 1 or to > from and to or to + 1
        return ...
    end
    return function()
        if at > #subject then return end
        return go_on(step(subject, pattern, at, false))
    end
end

string.gfind = string.gmatch

local function replacement(with, kind, ...)
    if kind == "function" then return with(...) end
    return with[(...)]
end

-- What stands in the place of one match; itself where the script has nothing for it.
local function placed(subject, from, to, value)
    if not value then return sub(subject, from + 1, to) end
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" then
        local at = here.where()
        error((at and at .. ": " or "") .. "invalid replacement value (a " .. kind .. ")", 0)
    end
    return value
end

local function substituted(subject, pattern, with, kind, max)
    local pieces, at, count = {}, 0, 0
    local function take(from, to, ...)
        if not from then return true end
        count = count + 1
        pieces[#pieces + 1] = sub(subject, at + 1, from)
        pieces[#pieces + 1] = placed(subject, from, to, replacement(with, kind, ...))
        at = to
        if to == from then
            pieces[#pieces + 1] = sub(subject, to + 1, to + 1)
            at = to + 1
        end
        return at > #subject or sub(pattern, 1, 1) == "^"
    end
    while count < max and not take(step(subject, pattern, at, true)) do end
    pieces[#pieces + 1] = sub(subject, at + 1)
    return concat(pieces), count
end

-- With a function or a table it runs below a function of C: as on the module, nobody waits in there.
function string.gsub(subject, pattern, with, max)
    subject, pattern = texts("gsub", subject, pattern)
    local kind = type(with)
    if max ~= nil then
        local number = tonumber(max)
        if not number then
            error("bad argument #4 to 'gsub' (number expected, got " .. type(max) .. ")", 2)
        end
        max = floor(number)
    end
    if kind == "string" or kind == "number" then
        return replaced(subject, pattern, with, max)
    elseif kind ~= "function" and kind ~= "table" then
        error("bad argument #3 to 'gsub' (string/function/table expected)", 2)
    end
    local text, count
    raw_gsub("x", "x", function()
        text, count = substituted(subject, pattern, with, kind, max or #subject + 1)
    end)
    return text, count
end

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

-- Below zero, and beyond what C counts, Lua's own goes on for thousands of millions of lines.
local LEVEL_MAX = 2 ^ 20

local function level_in_reach(level)
    level = tonumber(level)
    if level and not (level >= 0 and level <= LEVEL_MAX) then return level > 0 and LEVEL_MAX or 0 end
    return level
end

core.debug = {
    traceback = function(...)
        if select("#", ...) < 2 then return traceback(...) end
        local co, message, level = ...
        if type(co) ~= "thread" then return traceback(co, level_in_reach(message)) end
        return traceback(co, message, level_in_reach(level))
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

local fault = host.fault

local function handled(ok, ...)
    if not ok then fault() end
    return ok, ...
end

-- A script that is stuck has no say in what follows: in a handler nothing counts its instructions.
function base.xpcall(f, handler)
    return handled(raw_xpcall(f, function(err)
        if not raw_pcall(fault, err) then return err end
        return handler(plain_error(err))
    end))
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

-- When garbage is collected is the host's to say, which keeps the heap near what is in use.
local allowed = { count = true, collect = true, step = true }

function base.collectgarbage(what, arg)
    if not allowed[what or "collect"] then return 0 end
    return raw_collect(what, arg)
end

-- In a shared state nobody may reach into what is common.
if shared then
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
