-- `require`, `module` and the globals of Lua that every program begins with.
local function told(words, fn, ...)
    local fine, err = pcall(fn, ...)
    assert(not fine and tostring(err):find(words, 1, true), tostring(err))
end
local function run(source, name) return assert(loadstring(source, name or "@test.lua"))(name) end

-- The core's tables and Lua's own are loaded from the start, under their names.
for _, name in ipairs({ "rtos", "uart", "pio", "pmd", "pack", "bit", "json", "string", "table", "io", "os", "math" }) do
    assert(package.loaded[name] == _G[name] and require(name) == _G[name], name)
end
-- A library comes with those that it needs, as globals, and is the same each time.
assert(socket == nil and link == nil)
assert(require("socket") == socket and require("socket") == socket and package.loaded.socket == socket)
assert(link == require("link") and type(net) == "table" and type(sim) == "table" and misc == nil)
told("module 'nowhere' not found:\n\tno file '/lua/nowhere.lua'", require, "nowhere")

-- A module is a global table of its name: what its file defines are its fields, and it sees the globals.
local seen = run([[
    module("test", package.seeall)
    value = 7
    local hidden = 8
    function twice() return value * 2 end
    seen = { PROJECT, type(rtos.tick), _NAME, _PACKAGE, _M == package.loaded.test }
    print = function() return "its own" end
    return { print(), rawget(_G, "value") }
]])
assert(test == package.loaded.test and test == require("test") and test._M == test)
assert(test.value == 7 and test.twice() == 14 and test.hidden == nil and value == nil)
assert(test.seen[1] == "API" and test.seen[2] == "function" and test.seen[3] == "test")
assert(test.seen[4] == "" and test.seen[5] == true)
assert(seen[1] == "its own" and seen[2] == nil, "it overrides what it defines for itself alone")
test.value = 9
assert(test.twice() == 18, "its functions see its fields")
-- A second file of the same name goes on with the same table; without seeall it sees nothing.
run("module('test') other = value", "@more.lua")
assert(test.other == 9 and test.value == 9)
told("global 'print'", run, "module('bare') print(1)")
assert(type(bare) == "table")
run("module('deep.inner', package.seeall) x = 1")
assert(deep.inner.x == 1 and deep.inner._PACKAGE == "deep.")
taken = "a string"
told("name conflict for module 'taken'", run, "module('taken')")

-- The implicit `arg` of 5.1, and values with holes.
local function count(...) return arg.n, arg[1], arg[3] end
local n, first, third = count("a", nil, "c")
assert(n == 3 and first == "a" and third == "c")
assert(select("#", unpack({ 1, nil, 3 }, 1, 3)) == 3)

-- Lines are values with TABs between them.
expects("\tone\t2\tnil\ttrue\t")
print("", "one", 2, nil, true, "")
expects("12 0.5 1e+20")
print(12 .. " " .. 1 / 2 .. " " .. 1e20)
expects("1e+15\t-1000000000000\t-0\t0.5\tfalse")
print(1e15, -1e12, -0, 0.5, false)
-- A value without a text is known by a number, which it is given when it is first printed.
local before_it = tonumber(tostring({}):match("0x(%x+)"), 16)
local thing, act = {}, function() end
expects(("table: 0x%08x\tfunction: 0x%08x\tmine"):format(before_it + 32, before_it + 64))
print(thing, act, setmetatable({}, { __tostring = function() return "mine" end }))
expects(("x\ttable: 0x%08x\t%s"):format(before_it + 32, tostring(act)))
print("x", thing, act)
assert(type(nil) == "nil" and type(print) == "function" and type(coroutine.create(print)) == "thread")
told("value expected", type)

-- Memory is told in kilobytes, and comes back.
local kept = {}
collectgarbage()
local before = collectgarbage("count")
assert(type(before) == "number" and before > 0)
for i = 1, 1000 do kept[i] = ("x"):rep(1000) .. i end
assert(collectgarbage("count") > before + 900)
kept = nil
assert(collectgarbage("collect") == 0 and collectgarbage("count") < before + 100)
done()
