-- `~client_receive`: how a client of generation B receives, and how it sends from anywhere.

local here = ...
local core, host, log = here.core.socketcore, here.host, here.library("log")
local of, sys = here.library("~client_task"), here.library("sys")
local arm, disarm, running, yield = here.arm, here.disarm, here.running, here.yield
local where = here.where
local sock_recv = core.sock_recv
local methods, mismatch, warn_error = of.methods, of.mismatch, of.warn_error
local nudge, revive, tell_stale = of.nudge, of.revive, of.tell_stale
local concat, sub, type = table.concat, string.sub, type

local REPORTS_MAX = 256 -- a list longer than this takes no more
local PING = "\0"

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
        if self.protocol ~= "UDP" and of.is_told(self, here.dev.clients) then
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
    self.doing = false
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
    local sent, four_g, seconds = 0, not state.pool, nil
    client.wait = "SOCKET_SEND"
    while client.output do
        local data = concat(client.output)
        client.output = nil
        sent = sent + #data
        for first = 1, #data, state.slice do
            local slice = sub(data, first, first + state.slice - 1)
            seconds = state.data_timeout or client.timeout
            local result, reason = of.send_slice(client, slice, seconds)
            if four_g then sys.publish("SOCKET_ASYNC_SEND", result) end
            if not result then
                of.send_failed(client, state, reason)
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
    self.wait, self.doing = "", false
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
