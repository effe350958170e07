-- `~client_line`: how a client of generation B connects, sends and closes.

local here = ...
local core, lines, link = here.core.socketcore, here.library("~lines"), here.library("link")
local log, of, sys = here.library("log"), here.library("~client_task"), here.library("sys")
local host, logs, running, where = here.host, here.logs, here.running, here.where
local sock_close, sock_destroy, sock_send = core.sock_close, core.sock_destroy, core.sock_send
local answered, break_off, mismatch, methods = of.answered, of.break_off, of.mismatch, of.methods
local publish_active, revive, tell_stale = of.publish_active, of.revive, of.tell_stale
local is_told = of.is_told
local concat, len, sub, yield = table.concat, string.len, string.sub, here.yield
local error, type = error, type
local io = here.library("utils") and here.core.io

local TIMEOUT_S = 120 -- of a connect, and of each slice of a send

-- The core's answers ----------------------------------------------------------------------------

local WORDS = { SOCKET_CONNECT = "connect", SOCKET_SEND = "send", SOCKET_CLOSE = "close" }

-- The line for each answer, made once: there are few, and they are printed with every send.
local answers = {}

local function print_answer(number, wait, ok)
    local known = answers[wait]
    if not known then
        known = {}
        answers[wait] = known
    end
    local key = ok and number or -1 - number
    local line = known[key]
    if not line then
        line = concat({ "[I]-[socket:on_response:]", number, wait, ok and 0 or 1 }, "\t")
        known[key] = line
    end
    host.say(line)
end

-- Luat: the answer goes by `wait`, so a late one can end another call of the same kind, or a wait
-- that has nothing to do with the client.
local function respond(client, wait, ok, number)
    if client.wait ~= wait then
        return log.warn("response on invalid wait", client.id, client.wait, wait, number)
    end
    if logs(3) and is_told(client, here.dev.clients) then print_answer(number, wait, ok) end
    if wait == "SOCKET_CLOSE" or wait == "SOCKET_CONNECT" and not ok then sock_destroy(number) end
    if client.doing ~= WORDS[wait] then tell_stale(client, "confirmation") end
    return revive(client.co, ok, "RESPONSE")
end

function methods:on_connected(ok, _, number) return respond(self, "SOCKET_CONNECT", ok, number) end
function methods:on_sent(ok, _, number) return respond(self, "SOCKET_SEND", ok, number) end
function methods:on_closed(_, _, number) return respond(self, "SOCKET_CLOSE", true, number) end

-- Connecting ------------------------------------------------------------------------------------

local KINDS = { TCP = 0, UDP = 1, TCPSSL = 2 }
local CERTIFICATES = { "caCert", "clientCert", "clientKey" }

-- Luat: a certificate file that is not there counts as none: without `caCert` nothing is verified.
local function read_certificate(client, field, name)
    if type(name) ~= "string" then
        error("socket.tcp: cert." .. field .. " must be a file name, got " .. type(name), 0)
    end
    local folder = here.dev.clients.pool and "/ldata/" or "/lua/"
    local path = sub(name, 1, 1) == "/" and name or folder .. name
    local pem = io.readFile(path)
    if not pem then host.notice("certificate missing", where(client.co), field, path) end
    return pem
end

-- What the core is given for TLS: file contents in place of file names.
local function certificates(client, address)
    local given = client.cert or {}
    local read = { hostName = given.hostName or address, clientPassword = given.clientPassword }
    for i = 1, #CERTIFICATES do
        local field = CERTIFICATES[i]
        if given[field] then read[field] = read_certificate(client, field, given[field]) end
    end
    return read
end

local function open_line(client, state, address, port, seconds)
    local cert = client.ssl and certificates(client, address)
    local number = core.sock_conn(KINDS[client.protocol], address, port, cert or nil)
    if not number then
        local protocol, cert = client.protocol, client.cert
        log.info("socket:connect: core sock conn error", protocol, address, port, cert)
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
    if here.relight then here.relight() end
    if state.pool then return true end
    return true, client.id
end

function methods:connect(address, port, timeout)
    if self.co ~= running() then mismatch("connect") end
    local state = here.dev.clients
    if state.pool and not self.id then
        error("bad argument #1 to 'format' (number expected, got nil)", 2)
    end
    if not link.isReady() then
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

-- Luat: on 2G a failed send spoils the client for good, and one that is never answered restarts
-- the module.
local function send_failed(client, state, reason)
    if not state.pool then
        if not client.accepted then log.info("socket:send", "send fail", reason) end
    elseif reason == "TIMEOUT" then
        sys.restart("AT+CIPSEND timeout")
    else
        client.error = client.error or client.id .. ", SEND FAIL"
    end
    local protocol, address, port = client.protocol, client.address, client.port
    sys.publish("LIB_SOCKET_SEND_FAIL_IND", client.ssl, protocol, address, port)
    return false
end

local function send_slice(client, slice, seconds)
    client.wait = "SOCKET_SEND"
    sock_send(client.core, slice)
    return answered(client, "send", seconds)
end

of.send_failed, of.send_slice = send_failed, send_slice

function methods:send(data, timeout)
    if self.co ~= running() then mismatch("send") end
    if self.error then return of.warn_error(self, "send") end
    if data == nil or data == "" then return true end
    local total, state = len(data), here.dev.clients
    if not self.core then
        log.warn("socket.client:send", "closed")
        return false
    end
    if logs(2) and is_told(self, state) then
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

-- The end ---------------------------------------------------------------------------------------

local CONFIRMED = "RESPONSE"

-- Luat: waits without limit, deaf to all else.
local function close_line(client)
    client.wait, client.doing = "SOCKET_CLOSE", "close"
    sock_close(client.core)
    repeat
        local _, reason = yield()
    until reason == CONFIRMED
    client.doing = false
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
    if is_told(self, state) then log.info("socket:sock_close", self.id) end
    if self.core then release(self, state) end
    local was_connected = self.connected
    self.connected, self.closed = false, true
    self.input, self.output, self.pending, self.blocked = nil, nil, 0, nil
    if was_connected then publish_active(state) end
    if state.pool and self.id then
        of.places(state, self.ssl)[self.id + 0] = nil
        self.id, self.core = nil, nil
    end
end

function methods:on_ended()
    local state = here.dev.clients
    if is_told(self, state) then log.info("socket.rtos.MSG_SOCK_CLOSE_IND") end
    self.connected = false
    self.error = "CLOSED"
    publish_active(state)
    if not state.pool then
        sys.publish("LIB_SOCKET_CLOSE_IND", self.ssl, self.protocol, self.address, self.port)
    end
    tell_stale(self, "close")
    return break_off(state, self, "CLOSED")
end

