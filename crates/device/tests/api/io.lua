-- Files: modes, methods, answers, and the folders that are there.
local function fails(code, words, ...)
    local value, text, number = ...
    assert(value == nil and text == words and number == code, tostring(text) .. " " .. tostring(number))
end

-- Modes.
fails(2, "/none.txt: No such file or directory", io.open("/none.txt"))
fails(2, "/none.txt: No such file or directory", io.open("/none.txt", "r+"))
fails(2, "/no/such.txt: No such file or directory", io.open("/no/such.txt", "w"))
fails(22, "/a.txt: Invalid argument", io.open("/a.txt", "rw"))
fails(22, "/a.txt: Invalid argument", io.open("/a.txt", ""))
for _, mode in ipairs({ "w", "wb", "w+", "w+b", "wb+" }) do
    local f = io.open("/m.txt", mode)
    assert(f:write(mode) == true)
    assert(f:close() == true)
    assert(io.open("/m.txt", "rb"):read("*a") == mode)
end
for _, mode in ipairs({ "a", "ab", "a+", "a+b" }) do
    local f = io.open("/m.txt", mode)
    f:seek("set", 0)
    f:write("|", 1.5, "|", 7)
    f:close()
end
assert(io.open("m.txt"):read("*a") == "wb+" .. ("|1.5|7"):rep(4), "a relative path is below /")
fails(9, "Bad file descriptor", io.open("/m.txt"):write("x"))
fails(9, "Bad file descriptor", io.open("/m.txt", "a"):read("*a"))

-- Reading.
local f = io.open("/lines.txt", "w+b")
f:write("one\r\n", "\n", "12 0x -3.5e1 end\0of\255 it\n", "last")
assert(f:seek("set") == 0)
assert(f:read() == "one\r" and f:read("*l") == "")
local a, b, c = f:read("*n", "*n", "*n")
assert(a == 12 and b == 0 and c == nil, "a number ends the values where there is none")
assert(f:read("*l") == "x -3.5e1 end\0of\255 it" and f:read(2) == "la" and f:read(0) == "")
local rest, eof = f:read("*a", 1)
assert(rest == "st" and eof == nil and f:read("*a") == "" and f:read("*l") == nil and f:read(0) == nil)
assert(not pcall(f.read, f, "a") and not pcall(f.read, f, {}) and not pcall(f.read, f, "*x"))
assert(not pcall(f.write, f, nil) and not pcall(f.write, f, {}) and not pcall(f.seek, f, "middle"))
assert(not pcall(f.read) and not pcall(f.read, 1) and not pcall(io.open) and not pcall(io.open, {}))

-- Seeking and writing in the middle.
assert(f:seek("set", 3) == 3 and f:write("!") and f:seek() == 4 and f:seek("cur", -4) == 0)
assert(f:read("*l") == "one!")
fails(22, "Invalid argument", f:seek("set", -1))
local size = f:seek("end")
assert(f:seek("end", 2) == size + 2 and f:write("z") and f:seek("end", -3) == size)
assert(f:read("*a") == "\0\0z")
assert(f:setvbuf("no") == true and f:flush() == true)

-- Every handle of a path sees what was written.
assert(io.open("/lines.txt"):read("*l") == "one!")
local seen = {}
for line in io.lines("/lines.txt") do seen[#seen + 1] = line end
assert(#seen == 4 and seen[1] == "one!", #seen)
f:seek("set")
for line in f:lines() do
    assert(line == "one!")
    break
end
assert(f:read("*l") == "", "lines reads on from where the file stands")
assert(not pcall(io.lines, "/none.txt"))

-- Closing.
assert(io.type(f) == "file" and tostring(f) == "file (/lines.txt)")
assert(io.close(f) == true and io.type(f) == "closed file" and tostring(f) == "file (closed)")
for _, method in ipairs({ "read", "write", "seek", "lines", "flush", "close", "setvbuf" }) do
    local ok, err = pcall(f[method], f)
    assert(not ok and err:find("attempt to use a closed file"), method)
end
assert(io.type(1) == nil and io.type() == nil)

-- Folders that are not the script's.
assert(io.open("/lua/main.lua"):read("*a") == io.open("/ldata/main.lua", "rb"):read("*a"))
fails(2, "/lua/none: No such file or directory", io.open("/lua/none"))
for _, path in ipairs({ "/lua/main.lua", "/ldata/x", "/x/../lua/main.lua", "/", "/../x", "a\0b" }) do
    local file, _, code = io.open(path, "w")
    assert(file == nil and code == 13, path)
end
fails(13, "/../etc/passwd: Permission denied", io.open("/../etc/passwd"))
assert(rtos.make_dir("/d") and io.open("/d/x", "w"):close())
fails(21, "/d: Is a directory", io.open("/d", "w"))

-- A file that is too large keeps what it has.
local big = io.open("/big", "w+")
local piece = ("x"):rep(64 * 1024)
for _ = 1, 64 do assert(big:write(piece)) end
fails(27, "File too large", big:write("x"))
big:seek("set", 2 ^ 40)
fails(27, "File too large", big:write("x"))
assert(big:seek("end") == 4 * 1024 * 1024)
big:close()
assert(os.remove("/big"))

-- Too many are open only while their handles are held.
for i = 1, 200 do assert(io.open("/n" .. i, "w")) end
local held = {}
for i = 1, 100 do held[i] = io.open("/n" .. i) end
local _, text, code = io.open("/one more", "w")
assert(#held > 0 and #held < 100 and code == 24 and text == "/one more: Too many open files", code)

-- What was written without closing is in flash when the script has waited.
local kept = io.open("/n1", "w")
kept:write("kept")
sys.taskInit(function()
    sys.wait(10)
    restarts("look")
    sys.restart("look")
end)
