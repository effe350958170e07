-- `require`, `module` and `package`: which file a name means, and what a device sees of the libraries.

local ground = ...
local core, host, shared, here = ground.core, ground.host, ground.shared, ground.here
local refuse_absent, LOADED = ground.refuse_absent, ground.LOADED
local base, load_source, common, own = ground.base, ground.load_source, ground.common, ground.own
local raw_setfenv, gsub, match = setfenv, string.gsub, string.match
local sub, select, type, getmetatable, rawget = string.sub, select, type, getmetatable, rawget
local rawset, setmetatable = rawset, setmetatable

local ERRAND = { "misc", "socket", "link", "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" }

-- Which other globals come with a library file, as the module's own files load each other.
local CLOSURE = {
    sys = { "log", "utils", "patch", "pm", "table", "string", "io", "os" },
    socket = { "link", "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    socketssl = { "linkssl", "link", "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    linkssl = { "link", "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    link = { "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    net = { "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    sim = { "sys", "ril", "log", "utils", "patch", "pm" },
    netLed = { "pins", "net", "sys", "ril", "sim", "log", "utils", "patch", "pm" },
    misc = { "sys", "ril", "log", "utils", "patch", "pm" },
    nvm = { "sys", "log", "utils", "patch", "pm" },
    console = { "sys", "log", "utils", "patch", "pm" },
    ntp = ERRAND, errDump = ERRAND, dbg = ERRAND, update = ERRAND,
}

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

local function run_file(dev, name, source, load)
    local chunk, err = load(name .. ".lua", source)
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
    if host.is_absent(name) then
        error("module '" .. name .. "' not found: " .. host.refusal(name, nil, here.where()), 3)
    end
    error("module '" .. name .. "' not found:\n\tno file '/lua/" .. name .. ".lua'", 3)
end

-- A script among the device's own files, which are searched once a script or `nvm` names them in
-- `package.path`.
local function own_file(path, name)
    if type(path) ~= "string" then return nil end
    for template in string.gmatch(path, "[^;]+") do
        local source = host.read_file((gsub(template, "%?", { ["?"] = name })))
        if source then return source end
    end
end

-- Its main function; each device has its own, which also changes.
local function load_own(name, source)
    return load_source(source, "@" .. name)
end

-- The project first, then the folders that the user named, then the built-in library; but the
-- built-in one stands in for a library file that the project ships.
function base.require(name)
    local dev = here.dev
    local value = dev[LOADED][name]
    if value == LOADING then error("loop or previous error loading module '" .. name .. "'", 2) end
    if value ~= nil then return value end
    local built_in = library(name)
    local source, origin = host.source(name .. ".lua", built_in ~= false)
    if origin ~= "library" and built_in then
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
    if source then return run_file(dev, name, source, load_file) end
    source = type(package) == "table" and own_file(package.path, name)
    if not source then not_found(name) end
    return run_file(dev, name, source, load_own)
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

ground.visible, ground.load_file, ground.nothing = visible, load_file, nothing
return ground
