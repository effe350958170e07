-- Prints every name that a script can reach when it is alone.
PROJECT, VERSION = "LIST", "1.0.0"
require "sys"
require "socket"
local seen, names = {}, {}
local function walk(t)
    if type(t) ~= "table" or seen[t] then return end
    seen[t] = true
    for name, value in pairs(t) do
        if type(name) == "string" and not names[name] then
            names[name] = true
            print(name)
        end
        walk(value)
    end
end
walk(_G)
rtos.poweroff()
