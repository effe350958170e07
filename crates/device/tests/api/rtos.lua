-- Folders, constants, and calls that the module has and this one has not.
assert(rtos.make_dir("/a") == true and rtos.make_dir("/a") == true)
assert(rtos.make_dir("/a/b") == true and rtos.make_dir("/x/y") == false)
assert(rtos.make_dir("/lua/x") == false and rtos.make_dir("/../x") == false)
io.open("/a/b/f", "w"):close()
assert(rtos.make_dir("/a/b/f") == false)
assert(rtos.remove_dir("/a/b") == false and rtos.remove_dir("/none") == false)
assert(os.remove("/a/b/f") and rtos.remove_dir("/a/b") == true and rtos.remove_dir("/a") == true)
assert(io.open("/#lua_user#/kept", "w"):close() == true)

assert(rtos.make_dir("/old") and rtos.make_dir("/old/in") and rtos.make_dir("/there"))
local open = io.open("/old/in/f", "w")
open:write("before ")
assert(rtos.rename_dir("/old", "/new") == 0 and rtos.rename_dir("/old", "/x") == -1)
open:write("after")
open:close()
assert(io.readFile("/new/in/f") == "before after" and not io.exists("/old/in/f"))
assert(rtos.rename_dir("/new", "/there") == -1 and rtos.rename_dir("/new", "/new/in/x") == -1)
assert(rtos.rename_dir("/new", "/lua") == -1 and rtos.rename_dir("/lua", "/x") == -1)
assert(rtos.rename_dir("/new/in/f", "/x") == -1)
assert(os.remove("/new/in/f") and rtos.remove_dir("/new/in") and rtos.remove_dir("/new"))
assert(rtos.get_fs_free_size(0) == rtos.get_fs_free_size(0, 0) and rtos.get_fs_total_size(0, 0) > 1e6)

local free = rtos.get_fs_free_size()
local f = io.open("/thousand", "w")
f:write(("x"):rep(1000))
f:close()
assert(free - rtos.get_fs_free_size() == 1000 and free <= rtos.get_fs_total_size())

assert(rtos.MSG_TIMER == 1 and rtos.MSG_INT == 4 and rtos.MOD_KEYPAD ~= rtos.MOD_ALARM)
assert(rtos.poweron_reason() == rtos.POWERON_KEY)
rtos.init_module(rtos.MOD_KEYPAD, 0, 0x1F, 0x1F)
rtos.closeSoftDog()

-- Script libraries ask for these to learn what a module can do.
for _, probed in ipairs({ "get_build_time", "get_fatal_info", "is_vsim" }) do
    assert(rtos[probed] == nil, probed)
end
assert(io.mount == nil and rtos.nonsense == nil and rtos[1] == nil)

local function refused(name, read)
    local ok, err = pcall(read)
    local words = "^main.lua:%d+: `" .. name:gsub("%.", "%%.") .. "` is not supported; docs/api/%a+.md lists what is$"
    assert(not ok and err:find(words), err)
end
refused("rtos.sleep", function() rtos.sleep(100) end)
refused("rtos.set_alarm", function() rtos.set_alarm(1, 2024, 1, 1, 0, 0, 0) end)
refused("io.popen", function() io.popen("ls") end)
refused("io.opendir", function() io.opendir("/") end)
refused("pio.pin.pwm", function() pio.pin.pwm(1) end)
refused("crypto.rsa_encrypt", function() crypto.rsa_encrypt("PUBLIC_KEY", "") end)

-- Numbers of 64 bits, which Lua has not.
assert(rtos.toint64("12345678", "little") == "\78\97\188\0\0\0\0\0")
assert(rtos.toint64("1", "big") == "\0\0\0\0\0\0\0\1" and rtos.toint64("-1", "big") == ("\255"):rep(8))
assert(rtos.hextodec("ffffffffffffffff") == "18446744073709551615" and rtos.hextodec("EA60") == "60000")
for _, wrong in ipairs({ "", "x", "1.5", "18446744073709551616" }) do
    local good, err = pcall(rtos.toint64, wrong, "big")
    assert(not good and err:find("no whole number", 1, true), err)
end
assert(not pcall(rtos.toint64, "1", "middle") and not pcall(rtos.hextodec, "xyz"))

-- Texts stand for the numbers of timers too; what is no number is told.
local function next_timer()
    local kind, id
    repeat kind, id = rtos.receive(0) until kind == rtos.MSG_TIMER
    return id
end
rtos.timer_start("7", "10")
assert(next_timer() == 7)
rtos.timer_start(7, 10)
rtos.timer_start(8, 20)
rtos.timer_stop("7")
assert(next_timer() == 8)
for _, wrong in ipairs({ {}, -1, "x" }) do
    assert(not pcall(rtos.timer_start, wrong, 10))
    assert(not pcall(rtos.timer_stop, wrong))
end
assert(not pcall(rtos.timer_start, 1))

-- An error of the core in a task names the line of the task, not of whoever resumed it.
task_errors_are_fine()
sys.taskInit(function()
    local co = coroutine.create(function() pio.pin.setdir("sideways", 1) end)
    local ok, err = coroutine.resume(co)
    assert(not ok)
    done()
end)
