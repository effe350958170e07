-- `link`: the data link and the eight lines of generation A, and what generation B keeps here.
--
-- On the module every act is an AT command, and one is under way at a time: a shut waits for the
-- send before it, whoever's it is. So commands queue up here too. `start` is answered at once, its
-- outcome comes later; `send`, `close` and `shut` are under way until they are answered.

local here = ...
local host, rtos, core = here.host, here.core.rtos, here.core.socketcore
local sys, lines = here.library("sys"), here.library("~lines")
local next, setmetatable, tonumber, type = next, setmetatable, tonumber, type
local print, remove, sub = here.print, table.remove, string.sub

local LINK_MAX = 7
local REACTIVATE_MS, RECHECK_MS, COMMAND_MS = 5000, 2000, 60000
local COMMAND_TIMER = 0x30000000 -- beyond the ids that `sys` gives
local COMMANDS = { send = "AT+CIPSEND", close = "AT+CIPCLOSE", shut = "AT+CIPSHUT" }
local KINDS = { TCP = 0, UDP = 1 }

local link = {}
local Link = {} -- one line; hears of its core socket
Link.__index = Link

-- `ip` is what generation A calls the IP status, `ready` what generation B asks for. `busy` is the
-- command under way and `busy_link` whose it is; `queue` holds { command, link, arguments... }.
function here.init.link()
    local _, registered, online = host.status()
    return {
        links = {}, ip = "IP INITIAL", ready = online, attached = registered and online,
        answer_ms = 124000, connect_ms = false, activate_ms = 120000,
    }
end

-- Commands --------------------------------------------------------------------------------------

local run = {} -- by command: carries it out; true where it is under way until answered

local function expired()
    sys.restart("ril.atimeout_" .. COMMANDS[here.dev.link.busy])
end

local EXPIRY = { expired, false, 0 } -- a one-shot timer as `sys` keeps it, the same for every device

local function carry_out(state, command, of, a, b, c)
    state.busy, state.busy_link = command, of
    if run[command](of, a, b, c) then
        here.dev.sys.timers[COMMAND_TIMER] = EXPIRY
        rtos.timer_start(COMMAND_TIMER, command == "send" and state.answer_ms or COMMAND_MS)
    else
        state.busy, state.busy_link = nil, nil
    end
end

local function request(command, of, a, b, c)
    local state = here.dev.link
    if not state.busy and not state.queue then return carry_out(state, command, of, a, b, c) end
    state.queue = state.queue or {}
    state.queue[#state.queue + 1] = { command, of, a, b, c }
end

-- The command under way, if it is `command` of `of`, is answered.
local function answered(command, of)
    local state = here.dev.link
    if state.busy ~= command or state.busy_link ~= of then return false end
    state.busy, state.busy_link = nil, nil
    here.dev.sys.timers[COMMAND_TIMER] = nil
    rtos.timer_stop(COMMAND_TIMER)
    return true
end

-- Carries out what has waited, up to the next command that is under way.
local function proceed()
    local state = here.dev.link
    local queue = state.queue
    while queue and not state.busy do
        local waiting = remove(queue, 1)
        if not queue[1] then
            queue, state.queue = nil, nil
        end
        carry_out(state, waiting[1], waiting[2], waiting[3], waiting[4], waiting[5])
    end
end

-- Calls `event(of, value)` when the message queue reaches it.
local function later(event, of, value)
    sys.dispatch("LINK_ASYNC_LOCAL_EVENT", event, of, value)
end

function here.internal.LINK_ASYNC_LOCAL_EVENT(_, args)
    args[2](args[3], args[4])
end

-- Events ----------------------------------------------------------------------------------------

local function never_answered()
    sys.restart("link.connectingtimerfunc")
end

local function start_connect_timer(id)
    local ms = here.dev.link.connect_ms
    print("startconnectingtimer")
    if ms and ms > 0 then sys.timer_start(never_answered, ms, id) end
end

local function stop_connect_timer(id)
    print("stopconnectingtimer", id)
    sys.timer_stop(never_answered, id)
end

local function any_user_link()
    for _, of in next, here.dev.link.links do
        if not of.tag and of.state == "CONNECTED" then return true end
    end
end

-- Luat: the timer is stopped after the callback, so also that of a connect which it has begun.
local function tell(of, event, value)
    if not of.tag then sys.dispatch("USER_SOCKET_CONNECT", any_user_link()) end
    of.notify(of.id, event, value)
    stop_connect_timer(of.id)
end

local function forget_socket(of)
    local socket = of.socket
    if not socket then return end
    lines.own(socket, nil)
    of.socket = nil
    return socket
end

-- What the modem says of a line without being asked.
local function status(of, value)
    local event = of.state == "CONNECTING" and "CONNECT" or "STATE"
    of.state = value == "CONNECT OK" and "CONNECTED" or "CLOSED"
    tell(of, event, value)
end

-- Luat: however a close was answered, it counts as done; but not where a shut came between.
local function closed(of)
    local links, id = here.dev.link.links, of.id
    if of.state == "DISCONNECTING" then
        of.state = "CLOSED"
        tell(of, "DISCONNECT", "OK")
    elseif of.state == "CLOSING" then
        if links[id] == of then links[id] = nil end
        of.state = "CLOSED"
        tell(of, "CLOSE", "OK")
    else
        print("link.closecnf: error", id, of.state)
    end
end

local function close_answered(of)
    if not answered("close", of) then return end
    closed(of)
    proceed()
end

local function send_answered(of, value)
    if not answered("send", of) then return end
    of.notify(of.id, "SEND", value)
    proceed()
end

function Link.on_connected(of, ok)
    if not ok then
        local socket = forget_socket(of)
        if socket then core.sock_destroy(socket) end
    end
    if of.state == "CONNECTING" then status(of, ok and "CONNECT OK" or "CONNECT FAIL") end
end

function Link.on_sent(of, ok)
    send_answered(of, ok and "SEND OK" or "SEND FAIL")
end

function Link.on_received(of, len)
    local data = core.sock_recv(of.socket, len)
    if of.recv then of.recv(of.id, data) end
end

function Link.on_ended(of)
    -- The number of a line that is being closed is freed by the answer to that.
    if here.dev.link.busy_link ~= of or here.dev.link.busy ~= "close" then
        core.sock_destroy(forget_socket(of))
    end
    status(of, "CLOSED")
end

function Link.on_closed(of)
    forget_socket(of)
    close_answered(of)
end

-- What each command does ------------------------------------------------------------------------

function run.start(of, prot, addr, port)
    local number = tonumber(port)
    local kind = KINDS[prot]
    local valid = kind and number and number >= 1 and number <= 65535 and number % 1 == 0
    local socket = valid and core.sock_conn(kind, addr, number)
    if not socket then return later(status, of, "ERROR") end
    of.socket = socket
    lines.own(socket, of)
end

function run.send(of, data)
    if of.socket then
        print("send first 200 bytes", sub(data, 1, 200))
        core.sock_send(of.socket, data)
    else
        later(send_answered, of, "ERROR")
    end
    return true
end

function run.close(of)
    if of.socket then core.sock_close(of.socket) else later(close_answered, of) end
    return true
end

function run.shut()
    host.shut()
    return true
end

-- The data link ---------------------------------------------------------------------------------

local function set_ip(state, ip)
    print("ipstatus:", ip)
    local changed = state.ip ~= ip
    state.ip = ip
    if changed and state.told then sys.dispatch("IP_STATUS_IND", ip == "IP STATUS") end
end

local function never_activated()
    local on_error = here.dev.link.on_ip_error
    if on_error then return on_error() end
    sys.restart("ciicrerrtmfnc")
end

local function start_activate_timer(state)
    if state.activate_ms then sys.timer_start(never_activated, state.activate_ms) end
end

-- There is an address, and somebody wants it: pended connects go out by link id.
local function ip_ready(state)
    sys.timer_stop(never_activated)
    set_ip(state, "IP STATUS")
    for id = 0, LINK_MAX do
        local of = state.links[id]
        local pended = of and of.pended
        if pended then
            of.pended = nil
            request("start", of, pended[1], pended[2], pended[3])
            start_connect_timer(id)
        end
    end
end

local function set_up_ip()
    local state = here.dev.link
    print("link.setupIP:", state.ip)
    if state.shuting or state.ip == "IP STATUS" then return end
    local _, registered, online = host.status()
    if online then
        if next(state.links) then ip_ready(state) end
        return
    end
    if not state.attached then print("setupip: wait cgatt") end
    if registered and state.attached and next(state.links) then start_activate_timer(state) end
    host.activate()
end

-- Luat: the table of 1.3: lines that a shut breaks, and also those long closed, say `SHUTED`.
local function shut_one(of)
    if of.state == "INITIAL" or of.state == "CONNECTING" and of.pended then return end
    local socket = forget_socket(of)
    if socket then core.sock_destroy(socket) end
    of.state = "CLOSED"
    tell(of, "STATE", "SHUTED")
end

local function shut_ok()
    local state = here.dev.link
    if not answered("shut") then return end
    state.shuting = nil
    if state.told then sys.dispatch("IP_SHUTING_IND", false) end
    sys.timer_stop(never_activated)
    set_ip(state, "IP INITIAL")
    sys.timer_start(set_up_ip, REACTIVATE_MS)
    for id = 0, LINK_MAX do
        local of = state.links[id]
        if of then shut_one(of) end
    end
    proceed()
end

local function shut_lines(state)
    state.shuting = true
    if state.told then sys.dispatch("IP_SHUTING_IND", true) end
    request("shut")
end

-- Generation B ----------------------------------------------------------------------------------

local function publish_ready(state)
    state.ready = true
    -- A script of generation A has no use for the line.
    if not here.dev.globals.MODULE_TYPE then here.library("log").info("publish IP_READY_IND") end
    sys.publish("IP_READY_IND")
end

local function recheck()
    local state = here.dev.link
    local _, _, online = host.status()
    state.rechecking = nil
    if online and not state.ready then publish_ready(state) end
end

local function ip_error(state)
    state.ready = false
    state.rechecking = true
    sys.publish("IP_ERROR_IND")
    sys.timerStart(recheck, RECHECK_MS)
end

-- The network -----------------------------------------------------------------------------------

local function set_attached(state, attached)
    if state.attached == attached then return end
    state.attached = attached
    sys.dispatch("NET_GPRS_READY", attached)
    sys.publish("GPRS_ATTACH", attached)
end

local changed = {}

function changed.registered(state)
    local _, _, online = host.status()
    if online then return set_attached(state, true) end
    -- An address that was shut before there was a cell is asked for when there is one.
    if next(state.links) and not state.shuting then host.activate() end
end

function changed.unregistered(state)
    set_attached(state, false)
end

function changed.attached(state)
    set_attached(state, true)
    if next(state.links) then start_activate_timer(state) end
end

function changed.online(state)
    if not state.attached then set_attached(state, true) end
    if not state.rechecking then publish_ready(state) end
    if next(state.links) and not state.shuting then ip_ready(state) end
end

-- The modem breaks every line without a word, so a send under way is answered here.
function changed.offline(state)
    ip_error(state)
    sys.publish("PDP_DEACT_IND")
    if not next(state.links) then
        state.ip = "IP INITIAL"
        return
    end
    shut_lines(state)
    if state.busy == "send" then send_answered(state.busy_link, "ERROR") end
end

changed.shut = shut_ok
-- Without a radio or a SIM there is no answer to wait for.
changed["flight mode on"], changed["sim gone"] = shut_ok, shut_ok

lines.on_network("link", function(change)
    if changed[change] then changed[change](here.dev.link) end
end)

-- What scripts call: generation A ---------------------------------------------------------------

local function valid(id, action)
    local of = here.dev.link.links[id]
    if not of then
        print("link.validaction: id nil", id)
        return nil
    end
    local state = of.state
    local busy = sub(state, -3) == "ING" and action == "CONNECT"
    if busy or state == "CLOSING" or state == "DISCONNECTING" and action == "DISCONNECT" then
        print("link.validaction:", id, action, state)
        return nil
    end
    return of
end

local function open(id, notify, recv, tag)
    local state = here.dev.link
    state.links[id] = setmetatable(
        { id = id, notify = notify, recv = recv, tag = tag, state = "INITIAL" }, Link)
    if state.ip ~= "IP STATUS" then set_up_ip() end
end

function link.open(notify, recv, tag)
    assert(notify ~= nil, "link.open: notify func is nil")
    assert(recv ~= nil, "link.open: recv func is nil")
    local links = here.dev.link.links
    for id = 0, LINK_MAX do
        if not links[id] then
            open(id, notify, recv, tag)
            return id
        end
    end
    return nil, "no empty link"
end

function link.openid(id, notify, recv, tag)
    if type(id) ~= "number" or id < 0 or id > LINK_MAX or here.dev.link.links[id] then
        print("openid error", id)
        return false
    end
    open(id, notify, recv, tag)
    return true
end

function link.connect(id, prot, addr, port)
    local state = here.dev.link
    local of = valid(id, "CONNECT")
    if not of or of.state == "CONNECTED" then return false end
    print("link.connect", id, prot, addr, port, state.ip, state.shuting or false, false)
    of.state = "CONNECTING"
    if state.ip ~= "IP STATUS" or state.shuting then
        of.pended = { prot, addr, port }
    else
        request("start", of, prot, addr, port)
        start_connect_timer(id)
    end
    return true
end

-- Luat: a pended connect is given up without the modem, and nothing is returned.
local function leave(id, action, doing)
    local of = valid(id, action)
    if not of then return false end
    local pended = of.pended
    of.state, of.pended = doing, nil
    if pended and here.dev.link.ip ~= "IP STATUS" then
        later(closed, of)
        return
    end
    request("close", of)
    return true
end

function link.disconnect(id) return leave(id, "DISCONNECT", "DISCONNECTING") end
function link.close(id) return leave(id, "CLOSE", "CLOSING") end

function link.send(id, data)
    local of = here.dev.link.links[id]
    if not of or of.state ~= "CONNECTED" then
        print("link.send: error", id)
        return false
    end
    request("send", of, data)
    return true
end

function link.getstate(id)
    local of = here.dev.link.links[id]
    return of and of.state or "NIL LINK"
end

-- Luat: with lines of generation A the address is given back; generation B hears of an error and
-- keeps it. A project may use both.
function link.shut()
    local state = here.dev.link
    if next(state.links) then shut_lines(state) end
    ip_error(state)
end

link.reset = link.shut

function link.setapn(apn, user, password)
    local state = here.dev.link
    state.apn = { apn, user, password }
end

function link.getapn()
    local apn = here.dev.link.apn
    return apn and apn[1] or "CMIOT"
end

function link.setconnectnoretrestart(on, ms)
    here.dev.link.connect_ms = on and ms or false
end

function link.regipstatusind()
    here.dev.link.told = true
end

function link.checkciicr(ms)
    here.dev.link.activate_ms = ms
end

function link.setiperrcb(cb)
    here.dev.link.on_ip_error = cb
end

-- Luat: the second mode also waits less for an answer.
function link.setretrymode(mode)
    local patient = mode ~= 1
    here.dev.link.answer_ms = patient and 120000 or 60000
    host.set_resend(patient and 4 or 2, patient and 16 or 8)
end

function link.setTcpResendPara(count, seconds)
    count, seconds = count or 4, seconds or 16
    here.dev.link.answer_ms = (count * seconds + 60) * 1000
    host.set_resend(count, seconds)
end

-- Inert here, as on the module.
function link.SetQuickSend() end

-- What scripts call: generation B ---------------------------------------------------------------

function link.isReady()
    return here.dev.link.ready
end

link.setAPN = link.setapn

function link.setAuthApn(_, apn, user, password)
    link.setapn(apn, user, password)
end

-- Names are looked up by the machine; the addresses are kept as the module keeps them.
function link.setDnsIP(first, second)
    here.dev.link.dns = { first, second }
end

function link.setSendMode(mode)
    host.set_quick_send(mode == 1)
end

return link
