-- The eight lines of generation A, with what the modem says of them and what it is told to do.
--
-- On the module every act is an AT command, and one is under way at a time: a shut waits for the
-- send before it, whoever's it is. So commands queue up here too. `start` is answered at once, its
-- outcome comes later; `send`, `close` and `shut` are under way until they are answered.
--
-- A line is a table { id, notify, recv, tag, state, pended, socket }, by its id in the table that its
-- class has for the device: `links.Plain` here, TLS in `linkssl`. `pended` is where a connect leads
-- that waits for an address.

local here = ...
local host, rtos, core = here.host, here.core.rtos, here.core.socketcore
local sys, lines = here.library("sys"), here.library("~lines")
local next, setmetatable, tonumber = next, setmetatable, tonumber
local print, remove, sub = here.print, table.remove, string.sub
local sock_send, timer_start, timer_stop = core.sock_send, rtos.timer_start, rtos.timer_stop

local COMMAND_MS, CONNECT_MS = 60000, 90000
local COMMAND_TIMER = 0x30000000 -- beyond the ids that `sys` gives
local SHOWN_BYTES = 200
local KINDS = { TCP = 0, UDP = 1 }

-- Hears of its core socket. What is said of a line, and to whom, is the class's.
local Plain = {
    name = "link", message = "USER_SOCKET_CONNECT",
    commands = { send = "AT+CIPSEND", close = "AT+CIPCLOSE" },
}
Plain.__index = Plain

local links = { LAST = 7, Plain = Plain }

-- The lines of this class, by id.
function Plain.all()
    return here.dev.link.links
end

-- Commands ---------------------------------------------------------------------------------------

local run = {} -- by command but `send`: carries it out; true where it is under way until answered

local function expired()
    local state = here.dev.link
    if not state.busy then return end
    local of = state.busy_link
    sys.restart("ril.atimeout_" .. (of and of.commands[state.busy] or "AT+CIPSHUT"))
end

here.common_timers[COMMAND_TIMER] = expired

local function carry_out(state, command, of, what)
    if command == "send" then return links.send(of, what, true) end
    state.busy, state.busy_link = command, of
    if run[command](of, what) then
        timer_start(COMMAND_TIMER, COMMAND_MS)
    else
        state.busy, state.busy_link = false, false
    end
end

local function request(command, of, what)
    local state = here.dev.link
    if not (state.busy or state.queue) then return carry_out(state, command, of, what) end
    state.queue = state.queue or {}
    state.queue[#state.queue + 1] = { command, of, what }
end

-- The command under way, if it is `command` of `of`, is answered.
local function answered(command, of)
    local state = here.dev.link
    if state.busy ~= command or state.busy_link ~= of then return false end
    state.busy, state.busy_link = false, false
    timer_stop(COMMAND_TIMER)
    return true
end

-- Carries out what has waited, up to the next command that is under way.
local function proceed()
    local state = here.dev.link
    local queue = state.queue
    while queue and not state.busy do
        local waiting = remove(queue, 1)
        if not queue[1] then
            queue, state.queue = false, false
        end
        carry_out(state, waiting[1], waiting[2], waiting[3])
    end
end

-- Calls `event(of, value)` when the message queue reaches it.
local function later(event, of, value)
    sys.dispatch("LINK_ASYNC_LOCAL_EVENT", event, of, value)
end

function here.internal.LINK_ASYNC_LOCAL_EVENT(_, args)
    args[2](args[3], args[4])
end

-- Events -----------------------------------------------------------------------------------------

local function never_answered()
    sys.restart("link.connectingtimerfunc")
end

-- Luat: where `socket` is loaded, a connect without an answer for 90 s restarts the device.
function Plain:on_started()
    local dev = here.dev
    local ms = dev.link.connect_ms
    if ms == nil then ms = dev.opened.socket and CONNECT_MS end
    print("startconnectingtimer")
    if ms and ms > 0 then sys.timer_start(never_answered, ms, self.id) end
end

function Plain:on_told()
    print("stopconnectingtimer", self.id)
    sys.timer_stop(never_answered, self.id)
end

-- A failed send leaves the line as it is, and what is freed leaves nothing behind.
function Plain.on_send_failed() end
function Plain.on_freed() end

local function any_user_link(all)
    for _, of in next, all do
        if not of.tag and of.state == "CONNECTED" then return true end
    end
end

-- Luat: the timer is stopped after the callback, so also that of a connect which it has begun.
local function tell(of, event, value)
    if not of.tag then sys.dispatch(of.message, any_user_link(of.all())) end
    if here.relight then here.relight() end
    of.notify(of.id, event, value)
    of:on_told()
end

local function forget_socket(of)
    local socket = of.socket
    if not socket then return end
    lines.own(socket, nil)
    of.socket = nil
    return socket
end

local function drop_socket(of)
    local socket = forget_socket(of)
    if socket then core.sock_destroy(socket) end
end

-- What the modem says of a line without being asked.
local function status(of, value)
    local event = of.state == "CONNECTING" and "CONNECT" or "STATE"
    of.state = value == "CONNECT OK" and "CONNECTED" or "CLOSED"
    tell(of, event, value)
end

-- Luat: however a close was answered, it counts as done; but not where a shut came between.
local function closed(of)
    local all, id = of.all(), of.id
    if of.state == "DISCONNECTING" then
        of.state = "CLOSED"
        tell(of, "DISCONNECT", "OK")
    elseif of.state == "CLOSING" then
        if all[id] == of then all[id] = nil end
        of.state = "CLOSED"
        of.on_freed(all)
        tell(of, "CLOSE", "OK")
    else
        print(of.name .. ".closecnf: error", id, of.state)
    end
end

local function close_answered(of)
    if not answered("close", of) then return end
    closed(of)
    proceed()
end

-- The most frequent answer, so it does what `answered` does by itself. `ok` is nil where the line has no socket
-- to send on, or has lost it.
local function send_answered(of, ok)
    local state = here.dev.link
    if state.busy ~= "send" or state.busy_link ~= of then return end
    state.busy, state.busy_link = false, false
    timer_stop(COMMAND_TIMER)
    if not ok then of:on_send_failed() end
    of.notify(of.id, "SEND", ok and "SEND OK" or ok == nil and "ERROR" or "SEND FAIL")
    if state.queue then proceed() end
end

function Plain.on_connected(of, ok)
    if not ok then drop_socket(of) end
    if of.state == "CONNECTING" then status(of, ok and "CONNECT OK" or "CONNECT FAIL") end
end

Plain.on_sent = send_answered

function Plain.on_received(of, len)
    local data = core.sock_recv(of.socket, len)
    if of.recv then of.recv(of.id, data) end
end

function Plain.on_ended(of)
    -- The number of a line that is being closed is freed by the answer to that.
    if here.dev.link.busy_link ~= of or here.dev.link.busy ~= "close" then
        drop_socket(of)
    end
    status(of, "CLOSED")
end

function Plain.on_closed(of)
    forget_socket(of)
    close_answered(of)
end

-- What each command does -------------------------------------------------------------------------

-- Where a connect leads, as it waits for its turn.
function Plain.where(prot, addr, port)
    return { prot, addr, port }
end

function Plain.dial(where, port)
    local kind = KINDS[where[1]]
    return kind and core.sock_conn(kind, where[2], port)
end

function run.start(of, where)
    local port = tonumber(where[3])
    local valid = port and port >= 1 and port <= 65535 and port % 1 == 0
    drop_socket(of)
    local socket = valid and of.dial(where, port)
    if not socket then return later(status, of, "ERROR") end
    of.socket = socket
    lines.own(socket, of)
end

-- The most frequent command goes out by itself where nothing is under way, or it has had its turn.
function links.send(of, data, is_its_turn)
    local state = here.dev.link
    if (state.busy or state.queue) and not is_its_turn then return request("send", of, data) end
    state.busy, state.busy_link = "send", of
    local socket = of.socket
    if socket then
        local shown = data .. "" -- of a number its digits
        if #shown > SHOWN_BYTES then shown = sub(shown, 1, SHOWN_BYTES) end
        print("send first 200 bytes", shown)
        sock_send(socket, data)
    else
        later(send_answered, of)
    end
    timer_start(COMMAND_TIMER, state.answer_ms)
end

function run.close(of)
    if of.socket then core.sock_close(of.socket) else later(close_answered, of) end
    return true
end

function run.shut()
    host.shut()
    return true
end

-- What the rest of the library calls -------------------------------------------------------------

function links.open(class, id, notify, recv, tag)
    local of = { id = id, notify = notify, recv = recv, tag = tag, state = "INITIAL" }
    class.all()[id] = setmetatable(of, class)
end

-- Luat: lines that a shut breaks, and also those long closed, say `SHUTED`.
function links.break_off(of)
    if of.state == "INITIAL" or of.state == "CONNECTING" and of.pended then return end
    drop_socket(of)
    of.state = "CLOSED"
    tell(of, "STATE", "SHUTED")
end

function links.start(of, where)
    request("start", of, where)
    of:on_started()
end

-- Connects that have waited for an address go out by id.
function links.start_pended(all)
    for id = 0, links.LAST do
        local of = all[id]
        local where = of and of.pended
        if where then
            of.pended = nil
            links.start(of, where)
        end
    end
end

-- Ends a line that has not begun, without the modem.
function Plain:give_up()
    later(closed, self)
end

-- The modem breaks every line without a word, so a send under way is answered here.
function links.fail_send()
    local state = here.dev.link
    if state.busy == "send" then send_answered(state.busy_link) end
end

links.request, links.answered, links.proceed = request, answered, proceed

return links
