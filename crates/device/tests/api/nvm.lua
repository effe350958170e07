-- Values that survive: files, messages, and what damage to a file leads to. Restarts and kills are
-- in crates/device/tests/nvm.rs and crates/holdline/tests/kill.rs.
local function fails(words, fn, ...)
    local fine, err = pcall(fn, ...)
    assert(not fine and tostring(err):find(words, 1, true), tostring(err))
end

package.preload.config = function()
    module("config", package.seeall)
    text, number, flag = "first\r\n\\\"\0\200", 0.1, false
    list = { 1, { deep = "x" }, [5] = -2 ^ 70, ["a key"] = true }
    function helper() end
end
require "nvm"
assert(package.path:find("^/%?%.lua;/%?%.luae;"))
fails("`nvm.init` comes first", nvm.get, "text")
fails("`nvm.init` comes first", nvm.set, "text", 1)
fails("first values is missing", nvm.init)
fails("module 'none' not found", nvm.init, "none.lua")
package.preload.empty = function() return 1 end
fails("`empty.lua` sets no values", nvm.init, "empty.lua")

ok("the first values")
nvm.init("config.lua")
assert(nvm.get("text") == "first\r\n\\\"\0\200" and nvm.get("number") == 0.1)
assert(nvm.get("flag") == false and nvm.get("helper") == nil and nvm.get("_NAME") == nil)
expects("config.lua: `helper` is left out: a function cannot be kept")
assert(nvm.gett("list", 5) == -2 ^ 70 and nvm.gett("list", "a key") and nvm.gett("list", 2).deep == "x")
fails("`text` is a string, not a table", nvm.gett, "text", 1)

ok("both files hold the same module file")
local function file(name) return io.readFile(name) end
assert(file("/para.lua") and file("/para.lua") == file("/para_bak.lua"))
assert(not io.exists("/nvm_para.lua"))
local again = require "para"
assert(type(again) == "table" and again == para and again.text == nvm.get("text"))
assert(again.list[2].deep == "x" and again.list[5] == -2 ^ 70 and again.number == 0.1)

ok("messages tell of changes, where a reason is given")
local heard = {}
local function hear(id) return function(...) heard[#heard + 1] = table.concat({ id, ... }, " ") end end
sys.subscribe("PARA_CHANGED_IND", hear("B"))
sys.subscribe("TPARA_CHANGED_IND", hear("B sett"))
sys.regapp({
    PARA_CHANGED_IND = function(...) heard[#heard + 1] = table.concat({ "A", ... }, " ") return true end,
    TPARA_CHANGED_IND = function(...) heard[#heard + 1] = table.concat({ "A sett", ... }, " ") return true end,
})
assert(nvm.set("number", 7, "why") == true and nvm.set("number", 7, "again") == true)
assert(nvm.set("text", "quiet") == true)
assert(nvm.sett("list", "a key", "changed", "why2") == true and nvm.sett("list", "a key", "changed", "no") == true)
local set_here = file("/para.lua")
assert(set_here == file("/para_bak.lua") and set_here:find('["a key"] = "changed"', 1, true))

ok("a value can wait to be written")
assert(nvm.set("number", 8, nil, false) == true and nvm.get("number") == 8 and file("/para.lua") == set_here)
assert(nvm.flush() == true and file("/para.lua"):find("\nnumber = 8\n", 1, true))
nvm.sett("list", 1, "later", nil, false)
nvm.set("flag", true)
assert(file("/para.lua"):find('[1] = "later"', 1, true) and file("/para.lua"):find("\nflag = true\n", 1, true))

ok("a table is a copy on its way out, one level deep")
local list = nvm.get("list")
list[1], list[2].deep = "mine", "shared"
assert(nvm.gett("list", 1) == "later" and nvm.gett("list", 2).deep == "shared")
assert(nvm.set("list", list) == true and file("/para.lua"):find('"mine"', 1, true))

ok("what cannot be kept changes nothing")
fails("a function cannot be kept", nvm.set, "text", print)
fails("a boolean as a key cannot be kept", nvm.set, "text", { [true] = 1 })
local round = {}
round.round = round
fails("64 deep, cannot be kept", nvm.set, "text", round)
fails("name is missing", nvm.set, nil, 1)
fails("a function cannot be kept", nvm.sett, "list", 1, print)
fails("`number` is a number, not a table", nvm.sett, "number", 1, 1)
assert(nvm.get("text") == "quiet")
for _, odd in ipairs({ 1 / 0, -1 / 0, 1e300, 2 ^ 53 + 2, 0.1 + 0.2, "\n\r\0\\\n\\n", "", "1" }) do
    nvm.set("odd", odd)
    nvm.set("a-b", { [odd] = odd })
    nvm.init("config.lua")
    assert(nvm.get("odd") == odd and nvm.gett("a-b", odd) == odd, tostring(odd))
end
nvm.set("odd", 0 / 0)
nvm.set("odd2", 1)
nvm.init("config.lua")
assert(nvm.get("odd") == nil and nvm.get("odd2") == 1)

ok("a damaged file is read from the backup, and mended")
local damages = {
    "", "module(...)\nnumber = 9\ntext = \"half", "\27Lua", "module(...)\nwhile true do end",
    "module(...)\nnumber = (function() while true do end end)()",
    "module(...)\nnumber = ('x'):rep(1e9)", "module(...)\nx = " .. ("{"):rep(100000),
    "module(...)\nnumber = 9 text", "module(...)\nx = { 1 2 }", "module" .. ("("):rep(100000),
    "module(...)\nx = '\\999'", "module(...)\nx = 5e", ("--"):rep(10000), "\0\0\0",
    "module(...)\nx = { [nil] = 1 }", "os.remove('/para_bak.lua')",
}
local good = file("/para_bak.lua")
for _, damage in ipairs(damages) do
    io.writeFile("/para.lua", damage)
    nvm.init("config.lua")
    assert(nvm.get("text") == "quiet" and nvm.get("number") == 8, damage:sub(1, 40))
    assert(file("/para.lua") == good and file("/para_bak.lua") == good)
end
expects("/para.lua cannot be read, taking the backup: line 1: `module` is missing, not `the end`")
expects("line 3: the end of a string is missing, not `\"half`")
expects("line 2: a name with `=` is missing, not `while true do end`")
os.remove("/para.lua")
nvm.init("config.lua")
assert(nvm.get("number") == 8 and file("/para.lua") == good)

ok("both damaged: the first values")
io.writeFile("/para.lua", "x")
io.writeFile("/para_bak.lua", "y")
nvm.init("config.lua")
assert(nvm.get("number") == 0.1 and nvm.get("odd2") == nil)
expects("/para_bak.lua cannot be read, taking the first values")

ok("what a module or a hand has written is read")
io.writeFile("/para.lua", 'module(..., package.seeall)\r\n-- by hand\r\nnumber = - 3 ; text=\'it\\\'s\\065\'\r\n'
    .. "list = {\n [1] = \"a\\\nb\", 2, name = 0x10; { } , } flag=true")
nvm.init("config.lua")
assert(nvm.get("number") == -3 and nvm.get("text") == "it'sA" and nvm.get("flag") == true)
assert(nvm.gett("list", 1) == 2 and nvm.gett("list", "name") == 16 and type(nvm.gett("list", 2)) == "table")

ok("a value that the project adds later takes its first value")
config.added = { "new" }
nvm.init("config")
assert(nvm.gett("added", 1) == "new" and nvm.get("number") == -3)

ok("back to the first values, and no others")
nvm.set("odd2", 1)
nvm.sett("added", 1, "touched")
assert(nvm.restore() == true and nvm.get("number") == 0.1 and nvm.get("odd2") == nil)
assert(nvm.gett("added", 1) == "new", "the first values are not touched by `sett`")

ok("generation B has its own files")
local A = MODULE_TYPE
MODULE_TYPE = nil
nvm.init("config.lua")
nvm.set("number", 5)
assert(file("/nvm_para.lua") == file("/nvm_para_bak.lua") and file("/nvm_para.lua"):find("number = 5", 1, true))
nvm.init("config.lua", true)
assert(nvm.get("number") == 0.1)
nvm.set("number", 6)
assert(file("/#lua_user#/nvm_para.lua"):find("number = 6", 1, true) and io.exists("/#lua_user#/nvm_para_bak.lua"))
nvm.remove()
assert(not io.exists("/#lua_user#/nvm_para.lua") and not io.exists("/#lua_user#/nvm_para_bak.lua"))
assert(nvm.get("number") == 6)
MODULE_TYPE = A

ok("a value that the flash refuses is not called written")
nvm.init("config.lua")
expects('FileNotWritten ["/para_bak.lua", "Is a directory"] main.lua:')
expects("cannot write /para_bak.lua: Is a directory")
os.remove("/para_bak.lua")
rtos.make_dir("/para_bak.lua")
good = file("/para.lua")
assert(nvm.set("text", "refused") == false and nvm.flush() == false and file("/para.lua") == good)
rtos.remove_dir("/para_bak.lua")
assert(nvm.flush() == true and file("/para.lua"):find('text = "refused"', 1, true))

sys.timerStart(function()
    assert(table.concat(heard, ", ") == "A number 7 why, B number 7 why, A sett list a key changed why2,"
        .. " B sett list a key changed why2", table.concat(heard, ", "))
    done()
end, 10)
