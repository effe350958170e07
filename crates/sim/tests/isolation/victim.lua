-- Lives beside a hostile device and says `broken: ...` when it can see or feel it.

local NAMES = require "names"

local function broken(what, ...)
    print("broken: " .. what, ...)
end

local function index(t, name)
    return t[name]
end

-- All that can be reached from here, by path.
local function survey()
    local found, seen = {}, {}
    local function walk(path, value)
        local kind = type(value)
        if kind ~= "table" and kind ~= "function" then return end
        found[path] = value
        if seen[value] then return end
        seen[value] = true
        if kind == "function" then return walk(path .. "<env>", getfenv(value)) end
        if rawget(value, "POISON") ~= nil then broken("poison in", path) end
        for _, name in ipairs(NAMES) do
            local ok, inner = pcall(index, value, name)
            if ok and inner ~= nil then walk(path .. "." .. name, inner) end
        end
        walk(path .. "<meta>", getmetatable(value))
    end
    walk("_G", _G)
    walk("''", getmetatable(""))
    return found
end

local function same_as(before)
    local after, count = survey(), 0
    for path, value in pairs(before) do
        count = count + 1
        if after[path] ~= value then broken("changed", path) end
    end
    for path in pairs(after) do
        if before[path] == nil then broken("appeared", path) end
    end
    return count
end

local function works()
    if ("%d-%s"):format(7, "x") ~= "7-x" then broken("string.format") end
    if ("abc"):upper() ~= "ABC" or #("ab"):rep(3) ~= 6 then broken("string methods") end
    if ("abc").POISON ~= nil then broken("string fallback") end
    if table.concat({ 1, 2 }, ",") ~= "1,2" then broken("table.concat") end
    if math.max(1, 2) ~= 2 then broken("math.max") end
    if not pcall(function() return 1 end) then broken("pcall") end
    if secret ~= nil or HOSTILE ~= nil or evil ~= nil then broken("globals") end
    if package.loaded.hostile or package.preload.surprise then broken("package") end
    local own = loadfile("/own.lua")
    if not own or own() ~= "mine" then broken("file") end
    if loadfile("/theirs.lua") then broken("their file") end
end

sys.subscribe("SECRET", function(text)
    if text ~= "mine" then broken("heard", text) end
    heard = (heard or 0) + 1
end)

local beats, seconds, sent = 0, 0, 0
rtos.timer_start(77, 3600000)
sys.timer_loop_start(function() beats = beats + 1 end, 500)

local function ntfy(idx, event, result)
    if event ~= "CONNECT" and event ~= "SEND" or result ~= true then broken(event, result) end
end

sys.timer_start(function()
    socket.connect(1, "TCP", "192.0.2.1", 9999, ntfy, function(_, data) broken("got", data) end)
end, 2000)

local before
sys.timer_loop_start(function()
    seconds = seconds + 1
    before = before or survey()
    local reached = same_as(before)
    works()
    sys.publish("SECRET", "mine")
    if seconds > 4 then
        sent = sent + 1
        socket.send(1, "mine\r\n")
    end
    local garbage = string.rep("x", 100000) .. seconds
    if seconds == 60 then print("unharmed", reached > 150, beats, heard, sent, #garbage) end
end, 1000)
