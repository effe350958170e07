-- `ril`: AT commands. There is no AT port behind it: commands that programs send in passing are
-- answered from the module's state, every other with `ERROR`. No unasked line ever comes, so handlers
-- for those are kept and not called.

local here = ...
local host = here.host
local sys, answers = here.library("sys"), here.library("~answers")
local match, sub = string.match, string.sub

local ANSWER_MS = 20 -- from a command to its answer

local ril = {}

-- `queue[first..last]` holds { command, onrsp, ms }; a handler of `responses` is { fn, type, format }.
function here.init.ril()
    return { queue = {}, first = 1, last = 0, responses = {}, unasked = {} }
end

-- What a command is about, and what follows.
local function parts(command)
    if command == "AT" then return command, "" end
    local head = match(command, "^AT([%+%^%*][%w&]+)") or match(command, "^AT([%u&])")
    if not head then return command, "" end
    return head, sub(command, #head + 3)
end

local function defrsp(command, success, response, intermediate)
    here.print("default response:", command, success, response, intermediate)
end

-- Luat: without a callback of its own the answer goes to the handler of the command's head.
local function answer_to(command, onrsp)
    local head, tail = parts(command)
    local handler = here.dev.ril.responses[head]
    onrsp = onrsp or handler and handler[1] or defrsp
    local line = false
    if answers[head] then line = answers[head](head, tail) end
    if line == false then return onrsp(command, false, "ERROR", nil) end
    onrsp(command, true, "OK", line)
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
    if not answers[parts(command)] then host.notice("no AT port", here.where(), command) end
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
