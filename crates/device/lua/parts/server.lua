-- `~server`: what a script has that others connect to, as the global `server`: either callbacks for all
-- connections, or a task for each, with the client object of generation B.

local here = ...
local core, host, lines = here.core.socketcore, here.host, here.library("~lines")
local of, sys = here.library("~client_task"), here.library("sys")
local create, wake = here.create, here.wake
local sock_close, sock_destroy = core.sock_close, core.sock_destroy
local sock_recv, sock_send = core.sock_recv, core.sock_send
local error, next, setmetatable, type = error, next, setmetatable, type

here.library("~client_line")
here.library("~client_receive")

local MSG_ACCEPTED = 33
local EVENTS = { connect = true, message = true, close = true }

local server = {}

-- `calls`: what `server.on` was given, by event. `accepting`: what `server.accept` was given. `served`: by
-- task, the client that it was started for.
function here.init.server()
    return { calls = {}, accepting = false, served = setmetatable({}, { __mode = "k" }) }
end

function server.on(event, call)
    if not EVENTS[event] then
        error('server.on: the event is "connect", "message" or "close", got ' .. here.text(event), 2)
    elseif type(call) ~= "function" then
        error("server.on: function expected, got " .. type(call), 2)
    elseif here.dev.server.accepting then
        error("server.on: `server.accept` serves the connections already, and one of the two can", 2)
    end
    here.dev.server.calls[event] = call
end

function server.accept(task)
    local state = here.dev.server
    if type(task) ~= "function" then
        error("server.accept: function expected, got " .. type(task), 2)
    elseif next(state.calls) then
        error("server.accept: `server.on` serves the connections already, and one of the two can", 2)
    end
    state.accepting = task
end

-- A name that came later is known as well.
local function name_of(client)
    local _, _, _, name = host.caller(client.id)
    return name
end

-- Ends a line that nobody serves any more.
local closing = {}
function closing.on_received(_, count, id) sock_recv(id, count) end
function closing.on_sent() end
function closing.on_ended() end
function closing.on_closed(_, _, _, id) lines.own(id, nil) end

-- Callbacks -------------------------------------------------------------------------------------

local methods = { getName = name_of }
local metatable = { __index = methods, __metatable = false }

local function told(line, event, bytes)
    local call = here.dev.server.calls[event]
    if call then return call(line, bytes) end
end

function methods:send(bytes)
    if type(bytes) == "number" then bytes = here.text(bytes) end
    if type(bytes) ~= "string" then error("send: string expected, got " .. type(bytes), 2) end
    if not self.connected then return false end
    if bytes ~= "" then sock_send(self.id, bytes) end
    return true
end

function methods:close()
    if not self.connected then return end
    self.connected = false
    sock_close(self.id)
end

function methods:on_received(count, id)
    local bytes = sock_recv(id, count)
    if bytes ~= "" and self.connected then return told(self, "message", bytes) end
end

function methods:on_sent() end

function methods:on_closed(_, _, id)
    lines.own(id, nil)
    return told(self, "close")
end

function methods:on_ended(_, _, id)
    self.connected = false
    lines.own(id, nil)
    sock_destroy(id)
    return told(self, "close")
end

-- Tasks -----------------------------------------------------------------------------------------

local clients = setmetatable({ getName = name_of }, { __index = of.methods })
local client_metatable = { __index = clients, __metatable = false }

-- A task that has ended has no use for its line.
local function serve(client, task)
    task(client)
    if lines.owner(client.core) == client then client:close() end
end

local function drop(client)
    local id = client.core
    if lines.owner(id) ~= client then return end
    client.connected, client.closed = false, true
    if client.iSubscribe then sys.unsubscribe(client.iSubscribe, client.subMessage) end
    lines.own(id, closing)
    sock_close(id)
end

local task_failed = here.task_failed

function here.task_failed(co, err)
    local client = here.dev.server.served[co]
    if client then drop(client) end
    return task_failed(co, err)
end

-- A connection ----------------------------------------------------------------------------------

here.on[MSG_ACCEPTED] = function(id)
    local state = here.dev.server
    local protocol, address, port = host.caller(id)
    local line = { id = id, protocol = protocol, address = address, port = port, connected = true }
    lines.own(id, line)
    if not state.accepting then
        setmetatable(line, metatable)
        return told(line, "connect")
    end
    line.core, line.accepted, line.wait, line.doing, line.pending = id, true, "", false, 0
    setmetatable(line, client_metatable)
    local co = create(serve)
    line.co, state.served[co] = co, line
    wake(co, line, state.accepting)
end

return server
