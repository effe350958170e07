-- What differs from Lua's own functions is that nothing can hang or crash the host; the answers are the
-- same (a test beside the matcher compares thousands).
local function fails(words, f, ...)
    local fine, err = pcall(f, ...)
    assert(not fine and err:find(words, 1, true), err)
    return err
end

assert(select("#", ("x"):gmatch("y")()) == 0)
local keys = {}
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do keys[k] = v end
assert(keys.a == "1" and keys.b == "2" and string.gfind == string.gmatch)
assert(("hello world"):gsub("o", "0", 1) == "hell0 world")
assert(select(2, ("abc"):gsub("%w", "%0%0")) == 3)
assert(("$name is $age"):gsub("%$(%w+)", { name = "Lua", age = 5 }) == "Lua is 5")
ok("patterns")

-- Errors of a function come through as they are, with their own place.
local thrown = {}
local fine, caught = pcall(string.gsub, "x", ".", function() error(thrown) end)
assert(not fine and caught == thrown)
local err = fails("mine", function() ("x"):gsub(".", function() error("mine") end) end)
assert(err:match("^main.lua:%d+: mine$"), err)
err = fails("malformed pattern (missing ']')", function() return (("x"):find("[a")) end)
assert(err:match("^main.lua:%d+: "), err)
fails("invalid replacement value (a table)", string.gsub, "x", "x", function() return {} end)

-- Nobody waits inside `gsub`, as on the module.
task_errors_are_fine()
expects("attempt to yield across metamethod/C-call boundary")
sys.taskInit(function() ("x"):gsub("x", function() sys.wait(10) end) end)

-- A pattern of thousands of items would overflow the host's stack, this one would take years, and this
-- text would fill the host.
fails("pattern too complex", string.find, ("a"):rep(1000), ("a?"):rep(100000) .. "b")
fails("not enough memory", string.rep, "x", 2 ^ 31)
fails("not enough memory", string.rep, ("x"):rep(1000), 1e300)
assert((""):rep(2 ^ 31) == "")
sys.timerStart(done, 100)
