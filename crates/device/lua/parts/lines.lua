-- Who hears of a core socket: the link of generation A or the client object of generation B that
-- opened it.
--
-- An owner is a table with the methods on_connected(ok, _, id), on_sent(ok, len, id),
-- on_received(len, id), on_closed(_, _, id) and on_ended(_, _, id); `lines.own(id, owner)` makes it
-- the one that hears, and `lines.own(id, nil)` ends that. `lines.on_network(library, listener)`
-- hears of network changes, by the words below, on devices that have opened that library.

local here = ...
local rtos = here.core.rtos

local lines = {}

-- In the order of the modem's `Net`.
local CHANGES = {
    "sim ready", "sim gone", "registered", "unregistered", "attached", "online", "offline", "shut",
    "flight mode on", "flight mode off", "sim locked",
}
local MSG_NET = 32

function here.init.lines()
    return {}
end

function lines.own(id, owner)
    here.dev.lines[id] = owner
end

function lines.owner(id)
    return here.dev.lines[id]
end

local function told(method, complaint, what)
    return function(id, result, len)
        local owner = here.dev.lines[id]
        if owner then return owner[method](owner, result == 0, len, id) end
        here.library("log").warn(complaint, id, what, result)
    end
end

here.on[rtos.MSG_SOCK_CONN_CNF] = told("on_connected", "response on nil socket", "SOCKET_CONNECT")
here.on[rtos.MSG_SOCK_SEND_CNF] = told("on_sent", "response on nil socket", "SOCKET_SEND")
here.on[rtos.MSG_SOCK_CLOSE_CNF] = told("on_closed", "response on nil socket", "SOCKET_CLOSE")
here.on[rtos.MSG_SOCK_CLOSE_IND] = told("on_ended", "close ind on nil socket", "SOCKET_CLOSE")

here.on[rtos.MSG_SOCK_RECV_IND] = function(id, _, len)
    local owner = here.dev.lines[id]
    if owner then return owner:on_received(len, id) end
    here.library("log").warn("receive on nil socket", id)
end

local listeners = {}

function lines.on_network(library, listener)
    listeners[#listeners + 1] = { library, listener }
end

local function network(change)
    local opened = here.dev.opened
    for i = 1, #listeners do
        if opened[listeners[i][1]] then listeners[i][2](change) end
    end
end

here.on[MSG_NET] = function(code) network(CHANGES[code + 1]) end
here.on[rtos.MSG_PDP_DEACT_IND] = function() network("offline") end

return lines
