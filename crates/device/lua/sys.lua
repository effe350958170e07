-- `sys`: the main loop of both generations, and the way up and down. Tasks, messages and timers have
-- files of their own.

local here = ...
local sys = { SCRIPT_LIB_VER = "2.4.0", SIMPLE_MODE = 0, FULL_MODE = 1 }
for _, part in ipairs({ "~tasks", "~messages", "~timers", "~serial" }) do
    for name, value in pairs(here.library(part)) do sys[name] = value end
end

local host, rtos = here.host, here.core.rtos
local drain, fire = here.drain, here.fire
local running, yield, assert, next, rawget = here.running, here.yield, assert, next, rawget
local format = string.format
local ERRORS, ERROR_BYTES_MAX = "/lib_err.txt", 2048
local MSG_TIMER, MSG_UART_RXDATA, MSG_UART_TX_DONE =
    rtos.MSG_TIMER, rtos.MSG_UART_RXDATA, rtos.MSG_UART_TX_DONE

-- Whether any device has set a handler of its own: most never do.
local any_handlers = false

function sys.regmsg(id, handler)
    local state = here.dev.sys
    any_handlers = true
    if not rawget(state, "handlers") then state.handlers = {} end
    state.handlers[id] = handler
end

rtos.on = sys.regmsg

-- What the library does about a message, by its kind; no script's handler hears of a timer.
local ons = here.on

local function handle(state, kind, a, b, c)
    if kind == MSG_TIMER then return fire(state, a) end
    local handler = any_handlers and state.handlers[kind]
    if handler and (kind == MSG_UART_RXDATA or kind == MSG_UART_TX_DONE) then return handler(a, b) end
    if handler then return handler(here.message_table(kind, a, b, c)) end
    local on = ons[kind]
    if on then return on(a, b, c) end
end

-- What the coroutine of the devices in the loop does: it takes a message to the device at `seat`, does all that
-- follows from it, and yields `done` for the next. It goes round for each, so it has at hand what it needs, and
-- does what `handle` does with a timer and with the library's own messages by itself.
function here.take_turns(devices, done, seat, kind, a, b, c)
    local here, co, ons, fire, drain, timer = here, running(), ons, fire, drain, MSG_TIMER
    while true do
        local dev = devices[seat]
        here.dev, dev.main = dev, co
        local state = dev.sys
        if kind == timer then
            fire(state, a)
        elseif any_handlers then
            handle(state, kind, a, b, c)
        else
            local on = ons[kind]
            if on then on(a, b, c) end
        end
        if state.tail > 0 then drain(state) end
        seat, kind, a, b, c = yield(done)
    end
end

local DOG_MS, MEAL_MS = 60000, 20000

-- Luat: the 4G library keeps a dog that bites when the main loop does not run.
function here.start.sys()
    if host.profile() == 4 then rtos.openSoftDog(DOG_MS) end
end

-- A loop that a script runs in a coroutine of its own stays there.
function sys.run()
    local dev = here.dev
    local state = dev.sys
    if state.tail > 0 then drain(state) end
    if host.profile() == 4 then host.feed_soft_dog(MEAL_MS) end
    if running() == dev.main then here.loop() end
    while true do
        handle(state, here.wait())
        if state.tail > 0 then drain(state) end
    end
end

-- Luat: generation A asks for MODULE_TYPE too; a script of generation B has none, so the two
-- that both have are asked for.
function sys.init(mode)
    local globals = here.dev.globals
    local project, version = globals.PROJECT, globals.VERSION
    assert(project and project ~= "" and version and version ~= "", "Undefine PROJECT or VERSION")
    local reason, core_version = rtos.poweron_reason(), rtos.get_version()
    local log = here.library("log")
    if globals.MODULE_TYPE then
        here.print("poweron reason:", reason, globals.MODULE_TYPE, project, version, sys.SCRIPT_LIB_VER, core_version)
    else
        log.info("poweron reason:", reason, project, version, sys.SCRIPT_LIB_VER, core_version)
    end
    local last_error = host.read_file("/luaerrinfo.txt")
    if last_error then here.print(last_error) end
    if not globals.MODULE_TYPE then return end
    local lib_error = host.read_file(ERRORS) or ""
    if lib_error ~= "" then
        here.dev.sys.last_error = lib_error
        here.print("sys.initerr", lib_error)
        host.remove_file(ERRORS)
    end
end

-- For the next boot of generation A.
local function keep_error(entry)
    local kept = host.read_file(ERRORS) or ""
    if #kept + #entry < ERROR_BYTES_MAX then host.write_file(ERRORS, kept .. entry) end
end

-- Luat: generation A keeps the reason for the next boot, in at most 2048 bytes, and restarts once
-- nobody holds restarts off; generation B keeps it where `errDump` is there to report it. Each prints
-- it in its own way, and `MODULE_TYPE` tells which it is.
function sys.restart(reason)
    assert(reason and reason ~= "", "sys.restart cause null")
    local entry, dev = format("restart[%s];", reason), here.dev
    if dev.globals.MODULE_TYPE then
        here.print("saferestart " .. entry)
        keep_error(entry)
        if dev.sys.holders then
            dev.sys.restarts_later = reason
            return
        end
    else
        if dev.opened.errDump then here.library("errDump").appendErr(entry) end
        here.library("log").warn("sys.restart", reason)
    end
    rtos.restart(reason)
end

-- Holds restarts off, or no more; `tag` is who does: 1 `update`, 2 `dbg`, 4 `aliyunota`.
function sys.setrestart(allowed, tag)
    local state = here.dev.sys
    local holders = state.holders or {}
    holders[tag] = not allowed or nil
    state.holders = next(holders) ~= nil and holders or false
    if not state.holders and state.restarts_later then rtos.restart(state.restarts_later) end
end

-- What is queued is delivered after it.
local function go_on() end

-- Luat: while restarts are held off, an error ends the callback alone, and the device restarts later.
-- In a script that serves it ends the callback alone.
function here.survives(err)
    local state = here.dev.sys
    if host.serves() then
        here.print("[E]-[server]", err)
    elseif not state.holders then
        return false
    else
        here.print("run false", err)
        keep_error(here.text(err))
        state.restarts_later = state.restarts_later or "error in sys.run"
    end
    here.drop_delivered(state)
    sys.timerStart(go_on, 1)
    return true
end

function sys.poweron() rtos.poweron(1) end
sys.powerOn = sys.poweron

function sys.getcorever() return rtos.get_version() end
function sys.getextliberr() return here.dev.sys.last_error or "" end
function sys.getworkmode() return here.dev.sys.work_mode end

function sys.setworkmode(mode)
    local state = here.dev.sys
    if mode == state.work_mode then return end
    state.work_mode = mode
    sys.dispatch("SYS_WORKMODE_IND")
    return true
end

-- Inert here: an error always restarts the device.
function sys.setrestore() end
function sys.setRollBack() end
function sys.refresh() sys.dispatch("MMI_REFRESH_IND") end

return sys
