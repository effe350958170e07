-- `nvm`: values that survive a restart, of both generations.
--
-- Each change is written to the backup and then to the main file, both whole, as a Lua file that sets
-- all values. A kill at any moment leaves the values before or after the change; a main file that
-- somebody has damaged is read from the backup, without what the hand at it has done.

local here = ...
local host, sys = here.host, here.library("sys")
local log, literals = here.library("log"), here.library("~literals")
local error, gsub, match, next, require = error, string.gsub, string.match, next, require
local tostring, type = tostring, type

local USER_FOLDER = "/#lua_user#" -- what a module keeps when it is flashed anew
local MODULE_FIELDS = { _M = true, _NAME = true, _PACKAGE = true }

local nvm = {}

-- After `init`: `values` and `defaults` by name, `main` and `backup` the paths of the files.
function here.init.nvm()
    return {}
end

local function opened(call)
    local state = here.dev.nvm
    if not state.values then error("nvm." .. call .. ": `nvm.init` comes first", 3) end
    return state
end

-- Files -----------------------------------------------------------------------------------------

-- The generation of the script tells the names, and `MODULE_TYPE` the generation.
local function paths(burn_save)
    if here.dev.globals.MODULE_TYPE then return "/para.lua", "/para_bak.lua" end
    local folder = burn_save and USER_FOLDER or ""
    return folder .. "/nvm_para.lua", folder .. "/nvm_para_bak.lua"
end

local function write(path, text)
    local ok, why = host.write_file(path, text)
    if ok then return true end
    log.error("nvm", "cannot write " .. path .. ": " .. why)
    host.notice("file not written", here.where(), path, why)
    return false
end

-- Whether all values are on flash.
local function save(state)
    local text, why = literals.module_text(state.values)
    if not text then error("nvm: " .. why, 3) end
    return write(state.backup, text) and write(state.main, text)
end

-- The values of a file; nil where there is none, or it cannot be read.
local function read(path, instead)
    local source = host.read_file(path)
    if not source then return nil end
    local values, why = literals.read_module(source)
    if not values then log.error("nvm.init", path .. " cannot be read, taking " .. instead .. ": " .. why) end
    return values
end

local function read_kept(state)
    local values = read(state.main, "the backup")
    if values then return values end
    return read(state.backup, "the first values") or {}
end

local function copy(value)
    if type(value) ~= "table" then return value end
    local own = {}
    for key, inner in next, value do own[key] = copy(inner) end
    return own
end

-- What can be kept of the project's file with the first values.
local function read_defaults(file)
    local name = gsub(file, "%.lua$", "")
    local found = require(name)
    if type(found) ~= "table" then found = here.dev.globals[name] end
    if type(found) ~= "table" then error("nvm.init: `" .. file .. "` sets no values", 3) end
    local defaults = {}
    for key, value in next, found do
        if not MODULE_FIELDS[key] then
            local _, why = literals.text(value)
            if why then
                log.warn("nvm.init", file .. ": `" .. tostring(key) .. "` is left out: " .. why)
            else
                defaults[key] = value
            end
        end
    end
    return defaults
end

function nvm.init(file, burn_save)
    if type(file) ~= "string" then
        error("nvm.init: the name of the file with the first values is missing", 2)
    end
    local state = here.dev.nvm
    state.defaults = read_defaults(file)
    state.main, state.backup = paths(burn_save)
    local values = read_kept(state)
    for key, value in next, state.defaults do
        if values[key] == nil then values[key] = copy(value) end
    end
    state.values = values
    if host.read_file(state.main) ~= literals.module_text(values) then save(state) end
end

-- Values ----------------------------------------------------------------------------------------

-- Luat: a table is copied one level deep.
function nvm.get(name)
    local value = opened("get").values[name]
    if type(value) ~= "table" then return value end
    local shallow = {}
    for key, inner in next, value do shallow[key] = inner end
    return shallow
end

local function table_of(state, call, name)
    local of = state.values[name]
    if type(of) == "table" then return of end
    error("nvm." .. call .. ": `" .. tostring(name) .. "` is a " .. type(of) .. ", not a table", 3)
end

function nvm.gett(name, key)
    return table_of(opened("gett"), "gett", name)[key]
end

-- Luat: a table always counts as changed, since it may be the one that is kept.
local function is_same(old, value)
    return type(value) ~= "table" and old == value
end

local function check(call, key, value)
    if key == nil then error("nvm." .. call .. ": the name is missing", 3) end
    local _, why = literals.text({ [key] = value })
    if why then error("nvm." .. call .. ": " .. why, 3) end
end

local function tell(reason, id, ...)
    if not reason then return end
    sys.dispatch(id, ...)
    sys.publish(id, ...)
end

function nvm.set(name, value, reason, save_now)
    local state = opened("set")
    if is_same(state.values[name], value) then return true end
    check("set", name, value)
    state.values[name] = value
    local ok = save_now == false or save(state)
    tell(reason, "PARA_CHANGED_IND", name, value, reason)
    return ok
end

function nvm.sett(name, key, value, reason, save_now)
    local state = opened("sett")
    local of = table_of(state, "sett", name)
    if is_same(of[key], value) then return true end
    check("sett", key, value)
    of[key] = value
    local ok = save_now == false or save(state)
    tell(reason, "TPARA_CHANGED_IND", name, key, value, reason)
    return ok
end

function nvm.flush()
    return save(opened("flush"))
end

-- The first values again, and no others.
function nvm.restore()
    local state = opened("restore")
    state.values = copy(state.defaults)
    return save(state)
end

-- The files are gone at the next boot; the values stay until then.
function nvm.remove()
    local state = opened("remove")
    host.remove_file(state.main)
    host.remove_file(state.backup)
end

-- Luat: from here on `require` also finds the device's own files.
function here.start.nvm()
    local package = here.dev.globals.package
    if type(package) == "table" then package.path = "/?.lua;/?.luae;" .. tostring(package.path) end
end

return nvm
