-- `dbg`: errors of generation A, kept until a server has taken them. While that may still happen,
-- `sys.restart` waits.

local here = ...
here.library("misc")
local host, exchange = here.host, here.library("~exchange")
local sys = here.library("sys")
local rtos, lower, sub, text = here.core.rtos, string.lower, string.sub, here.text
local error, tonumber = error, tonumber

local ERRORS, FATAL = "/dbg.txt", "/luaerrinfo.txt"
local BYTES_MAX = 900
local FATAL_BYTES_MAX = 5 * 1024
local HOLD_MS = 120000
local HOLDER = 2 -- as `sys.setrestart` knows it

local dbg = {}

function dbg.saverr(what)
    host.write_file(ERRORS, sub((host.read_file(ERRORS) or "") .. text(what), -BYTES_MAX))
end

-- At once, whoever would rather wait.
function dbg.restart(reason)
    dbg.saverr("dbg.restart:" .. text(reason) .. ";")
    rtos.restart(text(reason))
end

local function release()
    sys.timer_stop(release)
    sys.setrestart(true, HOLDER)
end

local function report(to)
    exchange.await_network()
    local fatal = sub(host.read_file(FATAL) or "", 1, FATAL_BYTES_MAX)
    local kept = (host.read_file(ERRORS) or "") .. sys.getextliberr() .. fatal
    if kept == "" then return release() end
    sys.dispatch("DBG_BEGIN_IND")
    here.begin_errand("dbg")
    if exchange.report("dbg", to, exchange.sender() .. kept, exchange.is_ok) then
        host.remove_file(ERRORS)
        host.remove_file(FATAL)
        here.dev.sys.last_error = nil
    end
    sys.dispatch("DBG_END_IND")
    here.end_errand("dbg")
    release()
end

function dbg.setup(protocol, address, port)
    local known = protocol == "TCP" or protocol == "UDP"
    if not known or not address or not tonumber(port) then
        error("dbg.setup: `TCP` or `UDP`, a host and a port are expected", 2)
    end
    protocol = lower(protocol)
    local url = protocol .. "://" .. address .. ":" .. port
    sys.taskInit(report, { url = url, protocol = protocol, address = address, port = tonumber(port) })
end

function here.start.dbg()
    sys.setrestart(false, HOLDER)
    sys.timer_start(release, HOLD_MS)
end

return dbg
