-- Devices: each has a seat in this Lua state, globals of its own, and a way in and out.

local ground = ...
local core, host, shared, here = ground.core, ground.host, ground.shared, ground.here
local text, plain_error, WAIT, LOOP = ground.text, ground.plain_error, ground.WAIT, ground.LOOP
local DONE, LOADED, LOOPING = ground.DONE, ground.LOADED, ground.LOOPING
local devices, device_mt, base, common = ground.devices, ground.device_mt, ground.base, ground.common
local visible, load_file, nothing = ground.visible, ground.load_file, ground.nothing
local create, resume = here.create, here.resume
local status, traceback, raw_setfenv = coroutine.status, debug.traceback, setfenv
local error, pairs, rawset, setmetatable = error, pairs, rawset, setmetatable

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
    if not host.serves() then return chunk() end
    ground.base.require("socket")
    dev.globals.server = here.library("~server")
    chunk()
    here.library("sys").run()
end

local function ended(dev, ok, err)
    if not ok then return text(plain_error(err, dev.main)) .. "\n" .. traceback(dev.main) end
    if status(dev.main) == "suspended" then
        return "attempt to yield from outside a coroutine\n" .. traceback(dev.main)
    end
    return "the main script ended: `sys.run()` must be its last call"
end

-- A device in the loop needs no coroutine between two messages: all take their turns in this one, which
-- the host resumes by itself. A turn that waits by itself, in `rtos.receive`, keeps it, and the next
-- device gets another.
local spare

-- Nothing while the script waits; message and traceback when it has ended. And whether it is in the loop.
local function settle(dev, ok, tag)
    if ok then
        dev[LOOPING] = tag == DONE or tag == LOOP
        if tag == DONE then
            spare = dev.main
            host.spare(spare, DONE)
        end
        if dev[LOOPING] or tag == WAIT then return nil, dev[LOOPING] end
    elseif dev[LOOPING] and here.survives(plain_error(tag, dev.main)) then
        return nil, true
    end
    return ended(dev, ok, tag), false
end

local function boot(seat, main)
    local dev = setmetatable({ {}, false, main = create(start) }, device_mt)
    devices[seat], here.dev = dev, dev
    furnish(dev)
    return settle(dev, resume(dev.main, dev, main))
end

local function enter(seat, kind, a, b, c)
    local dev = devices[seat]
    here.dev = dev
    if not dev[LOOPING] then return settle(dev, resume(dev.main, kind, a, b, c)) end
    dev.main = create(here.take_turns)
    return settle(dev, resume(dev.main, devices, DONE, seat, kind, a, b, c))
end

-- A turn that the host began has not ended as most do.
local function turned(seat, ok, tag)
    spare = nil
    return settle(devices[seat], ok, tag)
end

local function leave(seat)
    devices[seat] = nil
end

-- Where the main script of the device that ran last has ended.
local function trace()
    return traceback(here.dev.main)
end

-- Library files see what scripts see, whichever device comes first; nobody needs the raw ones.
for name, value in pairs(base) do common[name] = value end
for name, value in pairs(core) do common[name] = value end

return boot, enter, turned, leave, trace
