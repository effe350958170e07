-- What modules have and Holdline has not: scripts can ask for it, and whoever uses it is told.
local function told(words, fn, ...)
    local fine, err = pcall(fn, ...)
    assert(not fine and err:gsub("^main.lua:%d+: ", "") == words, tostring(err))
end
local nowhere = " is not supported; docs/api/README.md lists what is"

-- Asking is as on a module without it.
for _, name in ipairs({ "i2c", "spi", "disp", "apn", "lvgl", "mqtt", "audio" }) do
    assert(_G[name] == nil and package.loaded[name] == nil, name)
end
assert(not (disp or i2c or spi), "absent tables are nil")
assert(type(rtos.get_fatal_info) == "nil" and rtos.is_vsim == nil and io.mount == nil)
assert(string.dump == nil and debug.getinfo == nil)

-- Using it names what was used.
local function first() return i2c.setup(1, i2c.SLOW) end
told("attempt to index global 'i2c' (a nil value): `i2c.setup`" .. nowhere, first)
local function second() _G.disp.init({ width = 128 }) end
told("attempt to index field 'disp' (a nil value): `disp.init`" .. nowhere, second)
local spi = spi
local function third() spi.send(1, "x") end
told("attempt to index upvalue 'spi' (a nil value): `spi.send`" .. nowhere, third)
local function fourth() return io.mount("/sdcard") end
told("attempt to call field 'mount' (a nil value): `io.mount` is not supported; "
    .. "docs/api/io.md lists what is", fourth)
told("attempt to index global 'adc' (a nil value): `adc`" .. nowhere,
    assert(loadstring("adc.open(1)", "@main.lua")))

-- So does a library that the project does not have, and a name in a table that is here.
local fine, err = pcall(require, "mqtt")
assert(not fine and err:find("module 'mqtt' not found: `mqtt`" .. nowhere, 1, true), err)
fine, err = pcall(require, "no_such_file")
assert(not fine and err:find("module 'no_such_file' not found:\n\tno file", 1, true), err)
fine, err = pcall(function() return rtos.sleep(1) end)
assert(not fine and err:find("`rtos.sleep` is not supported; docs/api/rtos.md lists what is", 1, true), err)

-- What is the script's own keeps Lua's message; a table of that name is the script's own.
local own = {}
fine, err = pcall(function() return own.record.count end)
assert(not fine and err:find("attempt to index field 'record' %(a nil value%)$"), err)
fine, err = pcall(function() return nothing_here.at_all end)
assert(not fine and err:find("attempt to index global 'nothing_here' %(a nil value%)$"), err)
audio = { play = function() return "mine" end }
assert(audio.play() == "mine")
fine, err = pcall(function() audio.stop() end)
assert(not fine and err:find("attempt to call field 'stop' %(a nil value%)$"), err)

-- Every way in which an error reaches a script or the log.
local function use() adc.read(1) end
fine, err = xpcall(use, function(message) return "handled " .. message end)
assert(not fine and err:find("^handled .*`adc.read`" .. nowhere:gsub("%p", "%%%0")), err)
fine, err = coroutine.resume(coroutine.create(use))
assert(not fine and err:find("`adc.read`" .. nowhere, 1, true), err)
task_errors_are_fine()
expects("[E]-[coroutine.resume]\tmain.lua:50: attempt to index global 'adc' (a nil value): `adc.read`" .. nowhere)
sys.taskInit(function()
    sys.wait(10)
    use()
end)
sys.timerStart(done, 50)
