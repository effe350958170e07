PROJECT, VERSION, MODULE_TYPE = "F", "1", "Air202"
local seed, count, made = SEED, COUNT, 0
local type, pairs, pcall, select, tostring, ipairs, say = type, pairs, pcall, select, tostring, ipairs, print
local unpack, floor, require, getmetatable, rawget = unpack, math.floor, require, getmetatable, rawget
local function random(n)
    seed = (seed * 16807) % 2147483647
    return floor(seed / 7) % n + 1
end
require "sys"
local start, publish, wait, later, loop = sys.taskInit, sys.publish, sys.wait, sys.timerStart, sys.run

-- Every function that can be reached, by name.
local found, calls, names = {}, {}, {}
local function gather(name, value, depth)
    if type(value) == "function" and not found[value] then
        found[value] = true
        calls[#calls + 1], names[#calls + 1] = value, name
    elseif type(value) == "table" and depth < 4 and not found[value] then
        found[value] = true
        local keys = {}
        for key in pairs(value) do if type(key) == "string" then keys[#keys + 1] = key end end
        table.sort(keys)
        for _, key in ipairs(keys) do gather(name .. "." .. key, rawget(value, key), depth + 1) end
    end
end
local file = io.open("/f", "w+")
for _, name in ipairs({ NAMES }) do
    pcall(require, name)
    local fine, value = pcall(function() return _G[name] end)
    if fine then gather(name, value, 0) end
end
gather("_G", _G, 0)
for _, name in ipairs({ "read", "write", "seek", "lines", "flush", "setvbuf", "close" }) do
    gather("file." .. name, file[name], 0)
end
for _, make in ipairs({ "tcp", "udp", "tcpSSL" }) do
    local fine, client = pcall(function() return socket[make]() end)
    if fine and type(client) == "table" then
        gather("client", client, 0)
        local mt = getmetatable(client)
        if type(mt) == "table" then gather("client", mt.__index, 0) end
    end
end

-- What ends the device, or the script's turn for ever, is called seldom.
local ends = {}
for _, name in ipairs({ "rtos.restart", "rtos.poweroff", "sys.restart", "rtos.receive", "sys.run", "sys.poweron" }) do
    ends[name] = true
end

local cyclic = setmetatable({}, { __index = function(t) return t end, __call = error, __tostring = function() return {} end,
    __len = error, __concat = error, __eq = error, __lt = error })
cyclic.cyclic = cyclic
local values = {
    0, -1, 1, 2, 5, 31, 255, 256, 65536, 2 ^ 31, -2 ^ 31, 2 ^ 53, -2 ^ 63, 1e308, -1e308, 0 / 0, 1 / 0, -1 / 0, 0.5, 1e-300,
    "", "\0", "a", "0", "-1", "1e999", "/../..", "/f", "/lua/main.lua", "*a", "*l", "r", "w", "\255\254", "%", "[a", "(", "%b",
    ("x"):rep(1000), ("(a?)"):rep(40), ("[["):rep(2000), ("9"):rep(400), "TCP", "UDP", "127.0.0.1", "AT+CIPSEND", "{}", "[1,2",
    true, false, print, cyclic, {}, { 1, 2, 3 }, { a = {} }, _G, string, file, error, pcall,
    function(...) return ... end, function() error({}) end, function() coroutine.yield() end,
}
local fixed = #values
local function value()
    local r = random(12)
    if r == 1 then return nil end
    if r == 2 then return calls[random(#calls)] end
    if r == 3 then return coroutine.create(value) end
    return values[random(#values)]
end
local function keep(fine, ...)
    for i = 1, select("#", ...) do
        local got = select(i, ...)
        if got ~= nil and #values < fixed + 200 then values[#values + 1] = got
        elseif got ~= nil then values[fixed + random(200)] = got end
    end
end
local function call()
    local at = random(#calls)
    if ends[names[at]] and random(500) > 1 then return end
    made = made + 1
    local args, n = {}, random(7) - 1
    for i = 1, n do args[i] = value() end
    keep(pcall(calls[at], unpack(args, 1, n)))
end
local function several()
    for _ = 1, 20 do
        if made >= count then break end
        call()
        -- What a script has broken for itself is not what is looked for here.
        if rawget(_G, "PROJECT") ~= "F" then PROJECT = "F" end
    end
end
local function step()
    local how = random(3)
    if how == 1 then start(function() several() wait(5) several() end)
    elseif how == 2 then pcall(several)
    else publish("STEP") end
    say("\1calls " .. made)
    if made >= count then return say("\1done") end
    later(step, 20)
end
sys.subscribe("STEP", function() pcall(several) end)
pcall(several)
later(step, 20)
loop()
