-- `console`: Lua on a serial port, line by line, in a script that goes on running.

local here = ...
local uart = here.core.uart
local create, resume, status, text = here.create, here.resume, here.status, here.text
local loadstring, select, setfenv, setmetatable = loadstring, select, setfenv, setmetatable
local byte, char, find, sub, concat = string.byte, string.char, string.find, string.sub, table.concat

local PORT, BAUD = 1, 115200
local WELCOME, PROMPT, NEWLINE = "\r\nWelcome to Luat Console\r\n", "\r\n> ", "\r\n"
local LINE_BYTES_MAX = 1024
local BACKSPACE, DELETE, RETURN, FEED = 8, 127, 13, 10
local BELL, RUBOUT = "\7", "\b \b"

local console = {}

-- By port: { line = what was typed so far, is_cut = more was typed, last = the byte before, env = what
-- lines see }.
function here.init.console()
    return {}
end

-- A line of values, with TABs between them.
local function write_values(port, ...)
    local words = { ... }
    for i = 1, select("#", ...) do words[i] = text(words[i]) end
    uart.write(port, concat(words, "\t", 1, select("#", ...)) .. NEWLINE)
end

-- The script's globals, but `print` goes to the port.
local function environment(port)
    local globals = here.dev.globals
    local env = { print = function(...) write_values(port, ...) end }
    return setmetatable(env, { __index = globals, __newindex = globals })
end

local function tell(port, co, ok, ...)
    if not ok then return write_values(port, here.plain_error((...), co)) end
    if status(co) == "dead" and select("#", ...) > 0 then write_values(port, ...) end
end

-- Runs a line as a task: where it waits, it goes on by itself.
local function evaluate(port, env, line)
    local chunk, why = loadstring(line, "=console")
    if not chunk then return write_values(port, why) end
    local co = create(setfenv(chunk, env))
    tell(port, co, resume(co))
end

local function enter(port, state)
    local line, is_cut = state.line, state.is_cut
    state.line, state.is_cut = "", nil
    if is_cut then
        write_values(port, "a line may have " .. LINE_BYTES_MAX .. " bytes")
    elseif find(line, "%S") then
        evaluate(port, state.env, line)
    end
    uart.write(port, PROMPT)
end

-- What the port shows of a byte, and whether the line is at its end.
local function take(state, code)
    local last = state.last
    state.last = code
    if code == RETURN or code == FEED and last ~= RETURN then return NEWLINE, true end
    if code == FEED then return "" end
    if code == BACKSPACE or code == DELETE then
        if state.line == "" then return "" end
        state.line = sub(state.line, 1, -2)
        return RUBOUT
    end
    if #state.line >= LINE_BYTES_MAX then
        state.is_cut = true
        return BELL
    end
    state.line = state.line .. char(code)
    return char(code)
end

local function take_all(port, state, bytes)
    local echo = {}
    for at = 1, #bytes do
        local shown, is_end = take(state, byte(bytes, at))
        echo[#echo + 1] = shown
        if is_end then
            uart.write(port, concat(echo))
            echo = {}
            enter(port, state)
        end
    end
    uart.write(port, concat(echo))
end

local function on_receive(port)
    while true do
        local bytes = uart.read(port, LINE_BYTES_MAX)
        if bytes == "" then return end
        take_all(port, here.dev.console[port], bytes)
    end
end

function console.setup(port, baud)
    port, baud = port or PORT, baud or BAUD
    uart.setup(port, baud, 8, uart.PAR_NONE, uart.STOP_1)
    here.dev.console[port] = { line = "", last = 0, env = environment(port) }
    uart.on(port, "receive", on_receive)
    uart.write(port, WELCOME .. PROMPT)
end

return console
