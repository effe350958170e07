-- Tries to reach what belongs to other devices, by every way that a script has.

local NAMES = require "names"

HOSTILE, secret = true, "theirs"
local tries = 0
local function try(f, ...)
    tries = tries + 1
    return pcall(f, ...)
end

local function evil() return "theirs" end
_G.evil = evil

local SPARED = { restart = true, poweroff = true, exit = true, collectgarbage = true }
local seen = {}
local walk

local function poison(t)
    try(rawset, t, "POISON", true)
    try(function() t.POISON = true end)
    try(setmetatable, t, { __index = evil, __newindex = evil, __metatable = "theirs" })
end

local create, resume, unpack = coroutine.create, coroutine.resume, unpack

-- Calls `f` with odd arguments, in a coroutine, and walks what comes back.
local function call(f)
    for _, args in ipairs({ {}, { "x" }, { 1 }, { {} }, { evil, 10 }, { "x", "y", 1, evil, evil } }) do
        local co = create(function(...) return f(...) end)
        local results = { try(resume, co, unpack(args)) }
        for i = 3, #results do walk(results[i]) end
    end
end

function walk(value)
    local kind = type(value)
    if kind == "string" or kind == "number" or kind == "boolean" or seen[value] then return end
    if value == nil or value == _G or value == seen or value == NAMES then return end
    seen[value] = true
    walk(getmetatable(value))
    if kind == "function" then
        local _, env = try(getfenv, value)
        walk(env)
        try(setfenv, value, { theirs = true })
    elseif kind == "table" then
        local inner = {}
        for _, name in ipairs(NAMES) do
            local ok, found = try(function() return value[name] end)
            if ok and type(found) ~= "nil" then inner[name] = found end
        end
        for name, found in pairs(inner) do
            walk(found)
            if type(found) == "function" and not SPARED[name] and ROLE ~= "both" then call(found) end
        end
        for k, v in pairs(value) do
            walk(k)
            walk(v)
        end
        for name in pairs(inner) do
            try(rawset, value, name, evil)
        end
        poison(value)
    end
end

-- The environments of whoever calls, seen from callbacks of every kind.
local function climb()
    for level = 1, 12 do
        local ok, env = try(getfenv, level)
        if ok and env ~= _G then walk(env) end
        if level > 1 then try(setfenv, level, { theirs = true }) end
    end
end

local function callbacks()
    try(table.sort, { 3, 1, 2 }, function(a, b) climb() return a < b end)
    try(string.gsub, "x", ".", climb)
    try(xpcall, error, climb)
    try(coroutine.wrap(climb))
    try(sys.taskInit, climb)
    try(load, climb)
    sys.subscribe("SECRET", climb)
    sys.publish("SECRET", "theirs")
    for _, f in ipairs({ setfenv, getfenv, module }) do
        try(string.gsub, "1", ".", f)
        try(table.foreach, { "string" }, f)
        try(pcall, f, 2, { theirs = true })
        try(coroutine.wrap(function() f(2, { theirs = true }) end))
    end
    try(sys.timer_start, climb, 10)
    try(setfenv, 0, { theirs = true })
    try(setfenv, 0, _G)
end

local function strings()
    string.format, string.upper = evil, evil
    rawset(string, "rep", evil)
    try(setmetatable, string, { __index = evil })
    try(function() getmetatable("").__index = evil end)
    try(setmetatable, "", { __index = evil })
    try(function() ("x").POISON = true end)
    table.concat, math.max, package.loaded.string = evil, evil, { format = evil }
    package.preload.surprise, package.preload.sys = evil, evil
    package.loaded.sys, package.loaded.victim = { run = evil }, evil
end

local function resources()
    try(collectgarbage, "stop")
    try(collectgarbage, "setpause", 1000000)
    try(collectgarbage, "setstepmul", 0)
    for id = 0, 9 do
        try(socketcore.sock_send, id, "theirs")
        try(socketcore.sock_recv, id, 100)
        try(socketcore.sock_close, id)
        try(socketcore.sock_destroy, id)
    end
end

local function timers()
    for id = 0, 300 do try(rtos.timer_stop, id) end
    for id = 0x10000000, 0x10000040 do try(rtos.timer_stop, id) end
    for id = 0x20000000, 0x20000040 do try(rtos.timer_stop, id) end
end

-- The loop's own token, from a loop inside a coroutine.
local function loops()
    for _, loop in ipairs({ sys.run, rtos.receive }) do
        local co = coroutine.create(loop)
        local results = { try(coroutine.resume, co, 0) }
        for i = 3, #results do walk(results[i]) end
    end
end

-- These reach for the environments of the main loop, and end in an error: one for each life.
local timer_start, subscribe, publish, random = sys.timer_start, sys.subscribe, sys.publish, math.random

local function fatal()
    local calls = { setfenv, module, getfenv, function() error({}) end }
    local f = calls[random(#calls)]
    local first = f == module and "theirs" or random(0, 6)
    local second = f == module and package.seeall or { theirs = true }
    if random(2) == 1 then
        timer_start(f, 500, first, second)
    else
        subscribe("EVIL", f)
        timer_start(publish, 500, "EVIL", first, second)
    end
end

local real = {}
for _, name in ipairs(NAMES) do real[name] = _G[name] end

local function reach()
    for _, value in pairs(real) do walk(value) end
    walk(package)
end

local ROUNDS = { callbacks, loops, resources, strings, reach }
local restart, print = rtos.restart, print

for _, attack in ipairs(ROUNDS) do try(attack) end
if ROLE ~= "both" then timers() end
if ROLE == "crasher" then fatal() end
print("tried", tries > 3000 and "much" or tries)
-- Most lives end sooner, in an error that one of the odd calls has left behind.
if ROLE == "hostile" then timer_start(restart, 3000) end
