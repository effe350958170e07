-- `~clients`: the socket clients of generation B, as `socket.tcp()` and `socket.udp()` make them.
--
-- A client belongs to the task that made it. Each call starts something in the core and yields; the
-- core's answer resumes the task. `wait` is what the module keeps: it outlives the call, and that
-- is why a client can wake its task out of a `sys.wait`. `doing` is the truth: the call in which
-- the task stands, or nil.
--
-- `id` is what scripts see, `core` the core's number: one and the same on 4G, a string from "7"
-- downwards beside a number on 2G.

local here = ...
local core, host, lines = here.core.socketcore, here.host, here.library("~lines")
local log, sys = here.library("log"), here.library("sys")
local arm, disarm, logs, resume, yield = here.arm, here.disarm, here.logs, here.resume, here.yield
local running, status, where = here.running, here.status, here.where
local sock_close, sock_destroy, sock_recv, sock_send = core.sock_close, core.sock_destroy, core.sock_recv, core.sock_send
local concat, len, sort, sub = table.concat, string.len, table.sort, string.sub
local error, getmetatable, pairs, setmetatable, type = error, getmetatable, pairs, setmetatable, type

local REPORTS_MAX = 256 -- a list longer than this takes no more
local TIMEOUT_S = 120 -- of a connect, and of each slice of a send
local DATA_TIMEOUT_S = 4 * 16 + 60 -- after which a 2G module restarts
local PING = "\0"

local clients, methods = {}, {}
local client_mt = { __index = methods, __metatable = false }

-- Every client of the device that the module's table holds ------------------------------------

-- Of 2G from its creation, of 4G from its first connect.
local function held(state)
    local found = {}
    for number = 0, state.count - 1 do
        local client
        if state.pool then client = state.pool[state.count - 1 - number] else client = lines.owner(number) end
        if type(client) == "table" and client.protocol then found[#found + 1] = client end
    end
    return found
end

-- Luat: 2G says nil for false.
local function publish_active(state)
    local active = false
    for _, client in pairs(held(state)) do active = client.connected or active end
    if state.pool and not active then active = nil end
    sys.publish("SOCKET_ACTIVE", active)
end

-- Luat: whatever the task of `client` waits in is resumed; only the author's next line tells.
local function tell_stale(client, what)
    if not client.doing and status(client.co) == "suspended" then
        host.notice("stale wait", where(client.co), what)
    end
end

-- The task may count what it is woken with, so there is one for each number of values.
local function nudge(co, value)
    local ok, err = resume(co, value)
    if not ok then here.failed(co, err) end
end

local function revive(co, result, value)
    local ok, err = resume(co, result, value)
    if not ok then here.failed(co, err) end
end

-- On 2G a task is told no reason.
local function break_off(state, client, reason)
    if state.pool then return nudge(client.co, false) end
    return revive(client.co, false, reason)
end

-- Luat: a task is resumed once for each of its clients, the second time in its next wait.
local function break_all(reason)
    local state = here.dev.clients
    local suspended = {}
    for _, client in pairs(held(state)) do
        client.error = reason
        if reason == "CLOSED" then client.connected = false end
        if status(client.co) == "suspended" then suspended[#suspended + 1] = client end
    end
    for i = 1, #suspended do
        local client = suspended[i]
        if status(client.co) == "suspended" then
            tell_stale(client, "network")
            break_off(state, client, reason)
        end
    end
end

local function on_ip_error() break_all("IP_ERROR_IND") end
local function on_ip_shut() break_all("CLOSED") end

function here.init.clients()
    local generation, slice, count = host.profile()
    sys.subscribe("IP_ERROR_IND", on_ip_error)
    if generation == 2 then sys.subscribe("IP_SHUT_IND", on_ip_shut) end
    return {
        pool = generation == 2 and {}, slice = slice, count = count,
        data_timeout = generation == 2 and DATA_TIMEOUT_S,
    }
end

-- Making one ------------------------------------------------------------------------------------

-- The place of the highest free id of 2G, in `pool` by 7 - id.
local function take_place(state)
    for place = state.count - 1, 0, -1 do
        if not state.pool[place] then return place end
    end
end

-- Luat: outside a task an id of 2G is taken all the same, and never comes back.
local function make(protocol, ssl, cert)
    local dev, co = here.dev, running()
    local state, place = dev.clients, nil
    if state.pool then
        place = take_place(state)
        if not place then return log.warn("socket.socket: too many sockets") end
        state.pool[place] = true
    end
    if co == dev.main then return log.warn("socket.socket: socket must be called in coroutine") end
    local client = setmetatable({
        protocol = protocol, ssl = ssl, cert = cert, co = co, wait = "", pending = 0,
    }, client_mt)
    if place then state.pool[place], client.id = client, "" .. place end
    return client
end

function clients.tcp(ssl, cert)
    if ssl == true then
        error("socket.tcp(true): SSL is not supported; docs/api/socket.md lists what is", 2)
    end
    return make("TCP", ssl, cert)
end

function clients.udp()
    return make("UDP")
end

local function mismatch(method)
    error("socket:" .. method .. ": coroutine mismatch", 0)
end

-- Waiting ---------------------------------------------------------------------------------------

-- Blocks the task in `call` until the core answers, or for `seconds`: result and reason.
local function answered(client, call, seconds)
    local timer, state
    if seconds then
        state = here.dev.sys
        timer = arm(state, client.co, seconds * 1000)
    end
    client.doing = call
    local result, reason = yield()
    client.doing = nil
    if timer then
        if state.timers[timer] == nil then return false, "TIMEOUT" end
        disarm(state, timer)
    end
    return result, reason
end

local WORDS = { SOCKET_CONNECT = "connect", SOCKET_SEND = "send", SOCKET_CLOSE = "close" }

-- Luat: the answer goes by `wait`, so a late one can end another call of the same kind, or a wait
-- that has nothing to do with the client.
local function respond(client, wait, ok, number)
    if client.wait ~= wait then
        return log.warn("response on invalid wait", client.id, client.wait, wait, number)
    end
    if not here.dev.clients.pool and logs(3) then
        log.info("socket:on_response:", number, wait, ok and 0 or 1)
    end
    if wait == "SOCKET_CLOSE" or wait == "SOCKET_CONNECT" and not ok then sock_destroy(number) end
    if client.doing ~= WORDS[wait] then tell_stale(client, "confirmation") end
    return revive(client.co, ok, "RESPONSE")
end

function methods:on_connected(ok, _, number) return respond(self, "SOCKET_CONNECT", ok, number) end
function methods:on_sent(ok, _, number) return respond(self, "SOCKET_SEND", ok, number) end
function methods:on_closed(_, _, number) return respond(self, "SOCKET_CLOSE", true, number) end

-- Connecting ------------------------------------------------------------------------------------

local function is_ready()
    local link = here.library("link")
    if link then return link.isReady() end
    local _, _, online = host.status()
    return online
end

clients.isReady = is_ready

local function open_line(client, state, address, port, seconds)
    local number = core.sock_conn(client.protocol == "UDP" and 1 or 0, address, port)
    if not number then
        log.info("socket:connect: core sock conn error", client.protocol, address, port, client.cert)
        return false
    end
    client.core = number
    if not state.pool then
        client.id = number
        log.info(
            "socket:connect-coreid,prot,addr,port,cert,timeout",
            number, client.protocol, address, port, client.cert, seconds
        )
    end
    lines.own(number, client)
    return true
end

local function call_exists()
    local cc = here.dev.opened.cc and here.library("cc")
    return cc and cc.anyCallExist()
end

local function connected(client, state)
    if not state.pool then log.info("socket:connect: connect ok") end
    client.connected = true
    sys.publish("SOCKET_ACTIVE", true)
    if state.pool then return true end
    return true, client.id
end

function methods:connect(address, port, timeout)
    if self.co ~= running() then mismatch("connect") end
    local state = here.dev.clients
    if state.pool and not self.id then error("bad argument #1 to 'format' (number expected, got nil)", 2) end
    if not is_ready() then
        log.info("socket.connect: ip not ready")
        return false
    elseif state.pool and call_exists() then
        log.info("socket:connect: call exist, cannot connect")
        return false
    end
    self.address, self.port, self.closed = address, port, nil
    local seconds = timeout or TIMEOUT_S
    if not open_line(self, state, address, port, seconds) then return false end
    self.wait = "SOCKET_CONNECT"
    local result, reason = answered(self, "connect", seconds)
    if result then return connected(self, state) end
    if not state.pool then log.info("socket:connect: connect fail", reason) end
    sys.publish("LIB_SOCKET_CONNECT_FAIL_IND", self.ssl, self.protocol, address, port)
    return false
end

-- Sending ---------------------------------------------------------------------------------------

local function warn_error(client, method)
    log.warn("socket.client:" .. method, "error", client.error)
    return false
end

-- Luat: on 2G a failed send spoils the client for good, and one that is never answered restarts
-- the module.
local function send_failed(client, state, reason)
    if not state.pool then
        log.info("socket:send", "send fail", reason)
    elseif reason == "TIMEOUT" then
        sys.restart("AT+CIPSEND timeout")
    else
        client.error = client.error or client.id .. ", SEND FAIL"
    end
    sys.publish("LIB_SOCKET_SEND_FAIL_IND", client.ssl, client.protocol, client.address, client.port)
    return false
end

local function send_slice(client, slice, seconds)
    client.wait = "SOCKET_SEND"
    sock_send(client.core, slice)
    return answered(client, "send", seconds)
end

function methods:send(data, timeout)
    if self.co ~= running() then mismatch("send") end
    if self.error then return warn_error(self, "send") end
    if data == nil or data == "" then return true end
    local total, state = len(data), here.dev.clients
    if not self.core then
        log.warn("socket.client:send", "closed")
        return false
    end
    if logs(2) and not state.pool then
        log.debug("socket.send", "total " .. total .. " bytes", "first 30 bytes", sub(data, 1, 30))
    end
    local seconds, size = state.data_timeout or timeout or TIMEOUT_S, state.slice
    for first = 1, total, size do
        local slice = data
        if total > size then slice = sub(data, first, first + size - 1) end
        local result, reason = send_slice(self, slice, seconds)
        if not result then return send_failed(self, state, reason) end
    end
    return true
end

-- Receiving -------------------------------------------------------------------------------------

-- All that the core still holds, which it would on a module report no more.
local function rest_of_core(client)
    client.blocked = nil
    return sock_recv(client.core, core.sock_getremainbuf(client.core))
end

-- Luat: a stream that was kept comes in one piece, datagrams the newest first.
local function take_kept(client)
    local input, count = client.input, client.pending
    if client.protocol == "UDP" then
        if count > 1 then host.notice("newest datagram first", where()) end
        local datagram = input[count]
        input[count], client.pending = nil, count - 1
        return datagram
    end
    client.pending = 0
    if count == 1 and not client.blocked then
        local data = input[1]
        input[1] = nil
        return data
    end
    client.input = nil
    local data = concat(input, "", 1, count)
    if client.blocked then data = data .. rest_of_core(client) end
    return data
end

-- Datagrams that waited in the core move up when the list is empty.
local function take(client)
    local data = take_kept(client)
    if not client.blocked or client.pending > 0 then return data end
    repeat
        local datagram = rest_of_core(client)
        if datagram ~= "" then
            client.pending = client.pending + 1
            client.input[client.pending] = datagram
        end
    until datagram == ""
    return data
end

-- Luat: a module loses what is left in the core, at least until the next report; here it is read
-- with the rest.
local function block(client)
    if client.blocked then return end
    client.blocked = true
    log.error("socket recv", "out of stack", "block")
    host.notice("receive backlog", where(client.co))
end

local function keep(client, number, count)
    local pending = client.pending
    if pending > REPORTS_MAX then return block(client) end
    local data = sock_recv(number, count)
    if data == "" then return end
    local input = client.input
    if not input then
        input = {}
        client.input = input
    end
    input[pending + 1], client.pending = data, pending + 1
end

-- A report may find nothing, where its bytes were read along with earlier ones.
function methods:on_received(count, number)
    local proc = self.rcvProcFnc
    if proc then return proc(sock_recv, number, count) end
    if self.wait == "+RECEIVE" then
        local data = sock_recv(number, count)
        if data == "" then return end
        if self.doing ~= "recv" then tell_stale(self, "data") end
        revive(self.co, true, data)
        if not here.dev.clients.pool then return end
    else
        keep(self, number, count)
    end
    sys.publish("SOCKET_RECV", self.id)
end

-- Luat: a message that comes while the task is not in `recv` is lost.
local function on_message(client, data)
    if client.wait ~= "+RECEIVE" or client.msgNoResume then
        if data ~= false then
            host.notice("lost publish", where(client.co), client.iSubscribe, client.doing or "wait")
        end
        return
    end
    if data then
        local output = client.output
        if output then output[#output + 1] = data else client.output = { data } end
    end
    tell_stale(client, "message")
    return nudge(client.co, 0xAA)
end

-- Luat: the first message lasts for the client's life; a later one is only what `recv` returns.
local function listen(client, msg)
    client.iSubscribe = msg
    client.subMessage = function(data) return on_message(client, data) end
    sys.subscribe(msg, client.subMessage)
end

-- Luat: what a message carried is concatenated, so a table raises an error here.
local function interrupted(client, msg)
    local output = client.output
    client.output = nil
    return false, msg, output and concat(output) or ""
end

function methods:recv(timeout, msg, msgNoResume)
    if self.co ~= running() then mismatch("recv") end
    if self.error then return warn_error(self, "recv") end
    self.msgNoResume = msgNoResume
    if msg then
        if not self.iSubscribe then listen(self, msg) end
        if self.output then sys.publish(msg, false) end
    end
    if self.pending > 0 then
        if self.protocol ~= "UDP" and not here.dev.clients.pool then
            log.warn("-------------------使用缓冲区---------------")
        end
        return true, take(self)
    end
    self.wait, self.doing = "+RECEIVE", "recv"
    local state, timer
    if timeout and timeout > 0 then
        state = here.dev.sys
        timer = arm(state, self.co, timeout)
    end
    local result, value = yield()
    self.doing = nil
    if timer then
        -- Luat: a resume without values counts as timeout, and leaves the timer running.
        if result == nil then return false, "timeout" end
        disarm(state, timer)
    end
    if result == 0xAA then return interrupted(self, msg) end
    return result, value
end

-- Sending and receiving from anywhere -----------------------------------------------------------

-- Luat: the slices of 4G tell how they went, and have a time limit only where `asyncSend` set one.
local function send_queued(client, state)
    local sent, four_g = 0, not state.pool
    client.wait = "SOCKET_SEND"
    while client.output do
        local data = concat(client.output)
        client.output = nil
        sent = sent + #data
        for first = 1, #data, state.slice do
            local slice = sub(data, first, first + state.slice - 1)
            local result, reason = send_slice(client, slice, state.data_timeout or client.timeout)
            if four_g then sys.publish("SOCKET_ASYNC_SEND", result) end
            if not result then
                send_failed(client, state, reason)
                return nil
            end
        end
    end
    return sent
end

-- Luat: by the identity of timers every call of `asyncSelect` starts the time anew, while what is
-- received does not; and `close` leaves it running.
local function ping_after(client, seconds, request)
    if type(request) == "function" then return sys.timerStart(request, seconds * 1000) end
    sys.timerStart(client.asyncSend, seconds * 1000, client, request or PING)
end

function methods:asyncSelect(keepAlive, pingreq)
    if self.co ~= running() then mismatch("asyncSelect") end
    if self.error then return warn_error(self, "asyncSelect") end
    local state = here.dev.clients
    local sent = send_queued(self, state)
    if not sent then return false end
    if state.pool then
        sys.publish("SOCKET_SEND", self.id)
    elseif sent > 0 then
        sys.publish("SOCKET_SEND", self.id, true)
    end
    if keepAlive and keepAlive ~= 0 then ping_after(self, keepAlive, pingreq) end
    self.wait, self.doing = "SOCKET_WAIT", "asyncSelect"
    local result, reason = yield()
    self.wait, self.doing = "", nil
    if reason == nil then return result end
    return result, reason
end

function methods:asyncSend(data, timeout)
    if self.error then return warn_error(self, "asyncSend") end
    self.timeout = timeout
    local output = self.output
    if output then output[#output + 1] = data or "" else self.output = { data or "" } end
    if self.doing == "asyncSelect" then nudge(self.co, true) end
    return true
end

function methods:asyncRecv()
    if self.pending == 0 then return "" end
    return take(self)
end

function methods:getAsyncSend()
    if self.error or not self.output then return 0 end
    return #self.output
end

function methods:setRcvProc(fn)
    if self.co ~= running() then mismatch("setRcvProc") end
    self.rcvProcFnc = fn
end

-- The end ---------------------------------------------------------------------------------------

local CONFIRMED = "RESPONSE"

-- Luat: waits without limit, deaf to all else.
local function close_line(client)
    client.wait, client.doing = "SOCKET_CLOSE", "close"
    sock_close(client.core)
    repeat
        local _, reason = yield()
    until reason == CONFIRMED
    client.doing = nil
end

-- Luat: after `close` nobody hears of the number any more, so a second `close` waits for ever.
local function close_again(client)
    host.notice("closed twice", where(client.co))
    if not lines.owner(client.core) then sock_close(client.core) end
    client.doing = "close"
    repeat
        local _, reason = yield()
    until reason == CONFIRMED
end

-- A number whose connect failed may be another client's by now; then there is nothing to close.
local function release(client, state)
    local number = client.core
    if lines.owner(number) == client then
        if state.pool and not client.connected then
            sock_destroy(number)
        else
            close_line(client)
        end
        lines.own(number, nil)
    elseif client.closed and not state.pool then
        close_again(client)
    end
end

function methods:close()
    if self.co ~= running() then mismatch("close") end
    local state = here.dev.clients
    if self.iSubscribe then
        sys.unsubscribe(self.iSubscribe, self.subMessage)
        self.iSubscribe, self.subMessage = false, nil
    end
    if not state.pool then log.info("socket:sock_close", self.id) end
    if self.core then release(self, state) end
    local was_connected = self.connected
    self.connected, self.closed = false, true
    self.input, self.output, self.pending, self.blocked = nil, nil, 0, nil
    if was_connected then publish_active(state) end
    if state.pool and self.id then
        state.pool[self.id + 0] = nil
        self.id, self.core = nil, nil
    end
end

function methods:on_ended()
    local state = here.dev.clients
    if not state.pool then log.info("socket.rtos.MSG_SOCK_CLOSE_IND") end
    self.connected = false
    self.error = "CLOSED"
    publish_active(state)
    if not state.pool then
        sys.publish("LIB_SOCKET_CLOSE_IND", self.ssl, self.protocol, self.address, self.port)
    end
    tell_stale(self, "close")
    return break_off(state, self, "CLOSED")
end

-- Settings --------------------------------------------------------------------------------------

function clients.setTcpResendPara(count, seconds)
    count, seconds = count or 4, seconds or 16
    host.set_resend(count, seconds)
    local state = here.dev.clients
    if state.data_timeout then state.data_timeout = count * seconds + 60 end
end

function clients.setSendMode(mode)
    host.set_quick_send(mode == 1)
end

-- Inert here: names are looked up by the machine, and there is no radio to put to sleep.
function clients.setDnsParsePara() end
function clients.setDnsParser() end
function clients.setLowPower() end

local function print_fields(client)
    local names = {}
    for name in pairs(client) do names[#names + 1] = name end
    sort(names)
    for i = 1, #names do
        log.info("socket.printStatus", "client", client.id, names[i], client[names[i]])
    end
end

function clients.printStatus()
    local state = here.dev.clients
    for _, client in pairs(held(state)) do print_fields(client) end
    if not state.pool then return end
    for place = 0, state.count - 1 do
        if not state.pool[place] then log.info("socket.printStatus", "valid id", "" .. place) end
    end
end

return clients
