-- `~clients`: the socket clients of generation B, as `socket.tcp()` and `socket.udp()` make them.
--
-- `socket` takes over the functions of this table; what a client can do is in `~client_line` and
-- `~client_receive`, on the ground of `~client_task`.

local here = ...
local host, log, running = here.host, here.library("log"), here.running
local of = here.library("~client_task")
local error, ipairs, pairs, setmetatable, type = error, ipairs, pairs, setmetatable, type
local sort = table.sort

here.library("~client_line")
here.library("~client_receive")

local clients = { isReady = here.library("link").isReady }

-- Making one ------------------------------------------------------------------------------------

-- The highest free id of 2G.
local function take_place(state, ssl)
    local places = of.places(state, ssl)
    for place = of.places_count(ssl) - 1, 0, -1 do
        if not places[place] then return places, place end
    end
end

-- Luat: outside a task an id of 2G is taken all the same, and never comes back.
local function make(protocol, ssl, cert)
    local dev, co = here.dev, running()
    local state, places, place = dev.clients, nil, nil
    if state.pool then
        places, place = take_place(state, ssl)
        if not place then return log.warn("socket.socket: too many sockets") end
        places[place] = true
    end
    if co == dev.main then return log.warn("socket.socket: socket must be called in coroutine") end
    local client = setmetatable({
        protocol = protocol, ssl = ssl, cert = cert, co = co, wait = "", doing = false,
        pending = 0,
    }, of.metatable)
    if place then places[place], client.id = client, "" .. place end
    return client
end

function clients.tcp(ssl, cert)
    if ssl ~= true then return make("TCP") end
    if cert ~= nil and type(cert) ~= "table" then
        error("socket.tcp(true, cert): cert must be a table of file names, got " .. type(cert), 2)
    end
    return make("TCPSSL", "SSL", cert)
end

function clients.udp()
    return make("UDP")
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
    for _, client in ipairs(of.held(state)) do print_fields(client) end
    if not state.pool then return end
    for place = 0, of.places_count() - 1 do
        if not state.pool[place] then log.info("socket.printStatus", "valid id", "" .. place) end
    end
end

return clients
