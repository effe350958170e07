-- `ril`: AT commands. There is no AT port behind it: commands that programs send in passing are
-- answered with `OK`, some with a line of their own, every other with `ERROR`. No unasked line ever
-- comes, so handlers for those are kept and not called.

local here = ...
local host = here.host
local sys = here.library("sys")
local match = string.match

local ANSWER_MS = 20 -- from a command to its answer

local ril = {}

-- `queue[first..last]` holds { command, onrsp, ms }; a handler of `responses` is { fn, type, format }.
function here.init.ril()
    return { queue = {}, first = 1, last = 0, responses = {}, unasked = {} }
end

-- Commands by their head, with the line that comes before `OK`, or a function that gives it. They
-- switch what is not here (voice, USB network, tracing, sleep), or ask what is known.
local function fine() end
local KNOWN = {
    AT = fine, E = fine, ["+RNDISCALL"] = fine, ["+SETVOLTE"] = fine, ["^TRACECTRL"] = fine,
    ["*TRACE"] = fine, ["+WAKETIM"] = fine, ["+CMEE"] = fine, ["+CLIP"] = fine, ["+CREG"] = fine,
    ["+CGREG"] = fine, ["+CEREG"] = fine, ["+IPR"] = fine, ["+ICF"] = fine, ["+IFC"] = fine,
    ["+CSCLK"] = fine, ["+CTZR"] = fine, ["+CTZU"] = fine, ["+CNMI"] = fine, ["+CMGF"] = fine,
    ["+CSCS"] = fine, ["+NETLED"] = fine, ["+CALIBINFO"] = fine, ["+CENG"] = fine, ["+CESQ"] = fine,
    ["+CGSN"] = function() return host.identity("imei") end,
    ["+CIMI"] = function() return host.identity("imsi") end,
    ["+ICCID"] = function() return "+ICCID: " .. (host.identity("iccid") or "") end,
    ["+CSQ"] = function() return "+CSQ: " .. here.library("net").getRssi() .. ",99" end,
    ["+CGMR"] = function() return here.core.rtos.get_version() end,
}

local function head_of(command)
    if command == "AT" then return command end
    return match(command, "^AT([%+%^%*][%w&]+)") or match(command, "^AT([%u&])") or command
end

local function defrsp(command, success, response, intermediate)
    here.print("default response:", command, success, response, intermediate)
end

-- Luat: without a callback of its own the answer goes to the handler of the command's head.
local function answer_to(command, onrsp)
    local head = head_of(command)
    local handler = here.dev.ril.responses[head]
    onrsp = onrsp or handler and handler[1] or defrsp
    local known = KNOWN[head]
    if known then return onrsp(command, true, "OK", known()) end
    onrsp(command, false, "ERROR", nil)
end

local answer

-- One command at a time: its delay holds up those behind it.
local function send_next(state)
    if state.first > state.last then
        state.first, state.last = 1, 0
        return
    end
    sys.timerStart(answer, ANSWER_MS + state.queue[state.first][3])
end

function answer()
    local state = here.dev.ril
    local item = state.queue[state.first]
    state.queue[state.first] = nil
    state.first = state.first + 1
    send_next(state)
    answer_to(item[1], item[2])
end

function ril.request(command, _, onrsp, delay)
    local state = here.dev.ril
    if not KNOWN[head_of(command)] then host.notice("no AT port", here.where(), command) end
    state.last = state.last + 1
    state.queue[state.last] = { command, onrsp or false, delay or 0 }
    if state.first == state.last then send_next(state) end
end

-- Whether `fn` now answers for commands of this head; not where another type is expected there.
function ril.regRsp(head, fn, kind, form)
    local responses = here.dev.ril.responses
    local known = responses[head]
    if known and kind and known[2] and known[2] ~= kind then return false end
    responses[head] = { fn, kind or known and known[2] or false, form }
    return true
end

function ril.regUrc(prefix, handler) here.dev.ril.unasked[prefix] = handler end
function ril.deRegUrc(prefix) here.dev.ril.unasked[prefix] = nil end

-- There are no lines to see and no answers to wait for.
function ril.setrilcb() end
function ril.setDataTimeout() end

ril.regrsp, ril.regurc, ril.deregurc = ril.regRsp, ril.regUrc, ril.deRegUrc

return ril
