-- `~client_task`: a client of generation B and the task that it belongs to.
--
-- Each call of a client starts something in the core and yields; the core's answer resumes the
-- task. `wait` is what the module keeps: it outlives the call, and that is why a client can wake
-- its task out of a `sys.wait`. `doing` is the truth: the call in which the task stands, or
-- false.
--
-- `id` is what scripts see, `core` the core's number: one and the same on 4G, a string from "7"
-- downwards beside a number on 2G.

local here = ...
local host, lines, log = here.host, here.library("~lines"), here.library("log")
local sys = here.library("sys")
local arm, disarm, resume, yield = here.arm, here.disarm, here.resume, here.yield
local status, where = here.status, here.where
local error, ipairs, type = error, ipairs, type

local DATA_TIMEOUT_S = 4 * 16 + 60 -- after which a 2G module restarts

local methods = {}
local of = { methods = methods, metatable = { __index = methods, __metatable = false } }

-- Every client of the device that the module's table holds ------------------------------------

-- How many plain clients, or TLS clients, a device can have at once.
local function places_count(ssl)
    local _, _, plain, tls = host.profile()
    return ssl and tls or plain
end

-- Where 2G keeps its clients by id: the plain ones and those of TLS count apart.
local function places(state, ssl)
    if not ssl then return state.pool end
    if not state.ssl then state.ssl = {} end
    return state.ssl
end

-- It may also be a place of 2G that is lost, or a link of generation A.
local function add(found, client)
    if type(client) == "table" and client.recv == methods.recv then found[#found + 1] = client end
end

-- Of 2G from its creation, of 4G from its first connect.
local function held(state)
    local found, plain, tls = {}, places_count(), places_count(true)
    if state.pool then
        for place = plain - 1, 0, -1 do add(found, state.pool[place]) end
        for place = tls - 1, 0, -1 do add(found, state.ssl and state.ssl[place]) end
    else
        for number = 0, plain + tls - 1 do add(found, lines.owner(number)) end
    end
    return found
end

-- Whether the library prints what it does with a client: 4G does, but not of lines that others opened.
local function is_told(client, state)
    return not (state.pool or client.accepted)
end

-- Luat: 2G says nil for false.
local function publish_active(state)
    local active = false
    for _, client in ipairs(held(state)) do active = client.connected or active end
    if state.pool and not active then active = nil end
    sys.publish("SOCKET_ACTIVE", active)
    if here.relight then here.relight() end
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
    for _, client in ipairs(held(state)) do
        client.error = reason
        -- Luat: on 2G what is shut leaves a client of TLS connected, as it seems.
        if reason == "CLOSED" and not client.ssl then client.connected = false end
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
    local generation, slice = host.profile()
    sys.subscribe("IP_ERROR_IND", on_ip_error)
    if generation == 2 then sys.subscribe("IP_SHUT_IND", on_ip_shut) end
    return {
        pool = generation == 2 and {}, slice = slice,
        data_timeout = generation == 2 and DATA_TIMEOUT_S,
    }
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
    client.doing = false
    if timer then
        if state.waits[timer] == nil then return false, "TIMEOUT" end
        disarm(state, timer)
    end
    return result, reason
end

local function mismatch(method)
    error("socket:" .. method .. ": coroutine mismatch", 0)
end

-- What a call on a client with an error does.
local function warn_error(client, method)
    log.warn("socket.client:" .. method, "error", client.error)
    return false
end

of.is_told, of.held, of.places, of.places_count = is_told, held, places, places_count
of.publish_active, of.tell_stale = publish_active, tell_stale
of.nudge, of.revive, of.break_off = nudge, revive, break_off
of.answered, of.mismatch, of.warn_error = answered, mismatch, warn_error

return of
