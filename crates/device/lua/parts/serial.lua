-- Who hears of a serial port, in the words of both generations, and lines of the log on one.

local here = ...
local core = here.core
local uart, rtos = core.uart, core.rtos
local RECEIVED, SENT = rtos.MSG_UART_RXDATA, rtos.MSG_UART_TX_DONE

local EVENTS = { receive = RECEIVED, sent = SENT }
local BAUD = 115200 -- of a port for the log, where nothing is said

local serial = {}

-- By message and port: what the script wants called.
function here.init.serial()
    return { [RECEIVED] = {}, [SENT] = {} }
end

-- Luat: a port has one place for each event, whichever generation's call fills it.
here.on[RECEIVED] = function(id, len)
    local cb = here.dev.serial[RECEIVED][id]
    if cb then return cb(id, len) end
end

here.on[SENT] = function(id)
    local cb = here.dev.serial[SENT][id]
    if cb then return cb(id) end
end

function serial.reguart(id, cb, clear)
    here.dev.serial[RECEIVED][id] = cb
    if clear then uart.clear(id, uart.RECV_BUF) end
end

function serial.reguartx(id, cb)
    here.dev.serial[SENT][id] = cb
end

function uart.on(id, event, cb)
    local kind = EVENTS[event]
    if not kind then return here.library("log").warn("uart.on", "no such event", event) end
    here.dev.serial[kind][id] = cb
end

-- Lines go to the terminal in any case.
function serial.opntrace(on, id, baud)
    if id and on then
        uart.setup(id, baud or BAUD, 8, uart.PAR_NONE, uart.STOP_1)
    elseif id then
        uart.close(id)
    end
    rtos.set_trace(on and 1 or 0, id)
end

return serial
