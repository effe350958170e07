-- `pins`: pins by a description (generation A) or as a function (generation B).

local here = ...
local pio, cpu, rtos = here.core.pio, here.core.cpu, here.core.rtos
local pin = pio.pin
local ipairs, type = ipairs, type

local pins = {}

-- By number: who hears of a pin's changes, as a function of the edge.
function here.init.pins()
    return {}
end

here.on[rtos.MSG_INT] = function(edge, number)
    local hear = here.dev.pins[number]
    if hear then return hear(edge) end
end

local function direction(level)
    return level == 1 and pio.OUTPUT1 or pio.OUTPUT
end

-- Generation A ----------------------------------------------------------------------------------

local function level_of(p, on)
    local valid = p.valid == 0 and 0 or 1
    return on and valid or 1 - valid
end

local function is_output(p)
    return p.dir == nil or p.dir == pio.OUTPUT or p.dir == pio.OUTPUT1
end

local function listen(p)
    here.dev.pins[p.pin] = function(edge)
        p.val = (edge == cpu.INT_GPIO_POSEDGE) == (level_of(p, true) == 1)
        if p.intcb then p.intcb(p.val) end
    end
end

-- Sets up pins by their descriptions; an output starts as `init` says, off where it says nothing.
function pins.reg(...)
    for _, p in ipairs({ ... }) do
        if is_output(p) then
            p.val = p.init and true or false
            if p.set then p.set(p.val, p) else pin.setdir(direction(level_of(p, p.val)), p.pin) end
        else
            pin.setdir(p.dir, p.pin)
            p.val = pins.get(p)
            if p.dir == pio.INT then listen(p) end
        end
    end
end

function pins.dereg(...)
    for _, p in ipairs({ ... }) do pins.close(p.pin) end
end

function pins.get(p)
    return pin.getval(p.pin) == level_of(p, true)
end

function pins.set(on, p)
    p.val = on
    if p.set then return p.set(on, p) end
    pin.setval(level_of(p, on), p.pin)
end

function pins.setdir(dir, p)
    p.dir = dir
    pins.close(p.pin)
    pin.setdir(dir, p.pin)
    if dir == pio.INT then listen(p) end
end

-- Generation B ----------------------------------------------------------------------------------

local function input(number, dir, pull)
    pins.close(number)
    pin.setdir(dir, number)
    if pull then pin.setpull(pull, number) end
end

-- A function that sets the level it is given, and without one reads.
function pins.setup(number, value, pull)
    if type(value) == "function" then
        input(number, pio.INT, pull)
        here.dev.pins[number] = value
        return function() return pin.getval(number) end
    end
    local driven = value ~= nil
    if driven then pin.setdir(direction(value), number) else input(number, pio.INPUT, pull) end
    return function(level)
        if level ~= nil then
            if not driven then pin.setdir(direction(level), number) end
            driven = true
            pin.setval(level, number)
            return level
        end
        -- Luat: reading an output makes it an input.
        if driven then input(number, pio.INPUT, pull) end
        driven = false
        return pin.getval(number)
    end
end

function pins.close(number)
    here.dev.pins[number] = nil
    pin.close(number)
end

return pins
