-- The device's clock, in China's zone, and files by name.
assert(os.time() == 1704067200, os.time())
assert(os.date("%Y-%m-%d %H:%M:%S") == "2024-01-01 08:00:00")
assert(os.date("!%H") == "00" and os.date("%H:%M", 0) == "08:00")
local t = os.date("*t")
assert(t.year == 2024 and t.month == 1 and t.day == 1 and t.hour == 8 and t.min == 0 and t.sec == 0)
assert(t.wday == 2 and t.yday == 1 and t.isdst == false)
assert(os.time(t) == os.time() and os.time({ year = 2024, month = 1, day = 1 }) == 1704067200 + 4 * 3600)
assert(os.time({ year = 1e18, month = 1, day = 1 }), "beyond the calendar there is a number too")
assert(not pcall(os.time, { year = 2024 }) and not pcall(os.time, "x"))
assert(not pcall(os.date, {}) and type(os.date("%c")) == "string")
assert(os.difftime(5, 3) == 2 and os.getenv("HOME") == nil)

-- Files by name.
local function fails(code, words, ...)
    local value, text, number = ...
    assert(value == nil and text == words and number == code, text)
end
fails(2, "/none: No such file or directory", os.remove("/none"))
fails(2, "/none: No such file or directory", os.rename("/none", "/other"))
fails(13, "/lua/main.lua: Permission denied", os.remove("/lua/main.lua"))
fails(13, "/a: Permission denied", os.rename("/a", "/lua/main.lua"))
fails(13, "/..: Permission denied", os.remove("/.."))

local f = io.open("/a", "w")
f:write("1")
assert(os.rename("/a", "/b") == true, "an open file is there for others")
f:write("2")
f:close()
assert(io.open("/a") == nil and io.open("/b"):read("*a") == "12", "its handle follows it")
local g = io.open("/b", "a")
assert(os.remove("/b") == true)
assert(g:write("3") and g:close() and io.open("/b") == nil, "a removed file does not come back")

-- What is not here says so.
for _, call in ipairs({ "execute", "exit", "tmpname", "setlocale" }) do
    local ok, err = pcall(function() return os[call]() end)
    assert(not ok and err:find("`os." .. call .. "` is not supported; docs/api/os.md lists what is", 1, true), err)
    assert(err:find("^main.lua:%d+: "), err)
end
assert(os.nonsense == nil)

-- Time passes, and can be set.
sys.taskInit(function()
    local began, clock = os.time(), os.clock()
    sys.wait(5000)
    assert(os.time() - began == 5 and os.clock() - clock == 5)
    assert(rtos.set_time(2030, 2, 3, 4, 5, 6) == true)
    assert(os.date("%Y-%m-%d %H:%M:%S") == "2030-02-03 04:05:06")
    sys.wait(2000)
    assert(os.date("%S") == "08" and os.clock() - clock == 7, "the time since boot is not the clock's")
    assert(rtos.set_time(1e12, 1, 1, 1, 1, 1) == false)
    done()
end)
