-- `socket`: generation A's callback sockets, and beside them the client objects of generation B.
--
-- A socket is a table { id = its link, prot, addr, port, rsp, rcv, cause, queue, sending, waiting,
-- discause }, by the number that the script chose. `queue` and `sending` are there only while
-- something is in them.

local here = ...
local host = here.host
local link, print = here.library("link"), here.print
local error, min, pairs = error, math.min, pairs
local insert, remove = table.insert, table.remove

local socket = { SCK_MAX_CNT = 5, NORMAL = 0, SVR_CHANGE = 1, DISCTHENTRY = 2 }

function here.init.socket()
    return {}
end

local function known(idx, call)
    local found = here.dev.socket[idx]
    if not found then print("socket checkidx " .. call .. " err", idx) end
    return found
end

-- Luat: any number up to 5 is taken, but events are looked up for 1 to 5 only.
local function of_link(id)
    local sockets = here.dev.socket
    for idx = 1, socket.SCK_MAX_CNT do
        local found = sockets[idx]
        if found and found.id == id then return idx, found end
    end
end

local function issue(it, item)
    it.sending = item
    if link.send(it.id, item.data) then return true end
    it.sending = nil
end

local function send_next(it)
    local queue = it.queue
    if not queue or it.sending or it.waiting or link.getstate(it.id) ~= "CONNECTED" then return end
    local item = remove(queue, 1)
    if not queue[1] then it.queue = nil end
    issue(it, item)
end

-- All that is queued has failed. What the callback queues meanwhile stays.
local function fail_queue(idx, it)
    local queue = it.queue
    it.queue = nil
    for i = 1, queue and #queue or 0 do it.rsp(idx, "SEND", false, queue[i]) end
end

-- Events ----------------------------------------------------------------------------------------

local on = {}

-- Luat: a send in the callback goes out before those queued earlier; after a failure what the
-- callback has queued is lost.
function on.CONNECT(idx, it, value)
    local ok = value == "CONNECT OK"
    if not ok then fail_queue(idx, it) end
    it.rsp(idx, "CONNECT", ok, it.cause)
    if ok then send_next(it) else it.queue = nil end
end

function on.SEND(idx, it, value)
    local item = it.sending
    it.sending = nil
    if not item then return end
    local ok = value == "SEND OK"
    it.rsp(idx, "SEND", ok, item)
    if ok then send_next(it) else fail_queue(idx, it) end
end

-- Luat: a shut keeps the queue.
function on.STATE(idx, it, value)
    if value ~= "SHUTED" then fail_queue(idx, it) end
    it.rsp(idx, "STATE", value)
end

function on.DISCONNECT(idx, it)
    it.rsp(idx, "DISCONNECT", true, it.discause)
end

function on.CLOSE(idx, it)
    here.dev.socket[idx] = nil
    it.rsp(idx, "CLOSE", true)
end

local function notify(id, event, value)
    print("socket sckrsp", id, event, value)
    local idx, it = of_link(id)
    if it then on[event](idx, it, value) end
end

local function receive(id, data)
    local idx, it = of_link(id)
    if it and it.rcv then it.rcv(idx, data) end
end

-- What scripts call -----------------------------------------------------------------------------

local function make(idx, prot, addr, port, rsp, rcv, cause)
    local id = link.open(notify, receive)
    if not id then return nil end
    local it = {
        id = id, prot = prot, addr = addr, port = port, rsp = rsp, rcv = rcv, cause = cause,
    }
    here.dev.socket[idx] = it
    return it
end

-- Luat: a connect drops what is queued, without an event.
local function wipe(it)
    local count = (it.queue and #it.queue or 0) + (it.sending and 1 or 0)
    if count > 0 then host.notice("queue wiped", here.where(), count) end
    it.queue, it.sending, it.waiting = nil, nil, nil
end

-- A connected socket stays if it leads where it should; else it is only disconnected.
local function reconsider(it, prot, addr, port, cause)
    if it.prot == prot and it.addr == addr and it.port == port then return true end
    it.prot, it.addr, it.port, it.discause = prot, addr, port, cause
    link.disconnect(it.id)
    return true
end

function socket.connect(idx, prot, addr, port, rsp, rcv, cause)
    if idx > socket.SCK_MAX_CNT then
        print("socket checkidx connect err", idx)
        return nil
    end
    local it = here.dev.socket[idx]
    if it and link.getstate(it.id) == "CONNECTED" then
        return reconsider(it, prot, addr, port, cause)
    end
    it = it or make(idx, prot, addr, port, rsp, rcv, cause)
    if not it then
        print("socket connect fail2")
        return false
    end
    if not link.connect(it.id, prot, addr, port) then
        print("socket connect fail1")
        return false
    end
    wipe(it)
    it.prot, it.addr, it.port, it.rsp, it.rcv, it.cause = prot, addr, port, rsp, rcv, cause
    return true
end

function socket.create(idx, prot, addr, port, rsp, rcv, cause)
    if idx > socket.SCK_MAX_CNT or here.dev.socket[idx] then
        print("socket checkidx create err", idx)
        return nil
    end
    if make(idx, prot, addr, port, rsp, rcv, cause) then return true end
end

local function enqueue(it, item, pos)
    local queue = it.queue or {}
    it.queue = queue
    insert(queue, pos and min(pos, #queue + 1) or #queue + 1, item)
    return true
end

-- Luat: a send on a closed socket connects it; on one that connects or closes it is refused.
function socket.send(idx, data, para, pos, ins)
    local it = known(idx, "send")
    if not it then return nil end
    if not data or data == "" then
        print("socket send data empty")
        return nil
    end
    local item, state = { data = data, para = para }, link.getstate(it.id)
    if state == "CONNECTED" then
        if it.sending or it.waiting then return enqueue(it, item, pos) end
        return issue(it, item)
    end
    local idle = state == "CLOSED" or state == "INITIAL"
    if idle and link.connect(it.id, it.prot, it.addr, it.port) or ins then
        return enqueue(it, item, pos)
    end
end

function socket.disconnect(idx, cause)
    local it = known(idx, "disconnect")
    if not it then return nil end
    it.discause = cause
    return link.disconnect(it.id)
end

function socket.close(idx)
    local it = known(idx, "close")
    if it then return link.close(it.id) end
end

function socket.isactive(idx)
    local it = known(idx, "isactive")
    if it then return link.getstate(it.id) == "CONNECTED" end
end

-- While there is an item with data, queued sends are held.
function socket.setwaitingrspitem(idx, item)
    local it = known(idx, "setwaitingrspitem")
    if not it then return end
    it.waiting = item and item.data and item or nil
    send_next(it)
end

-- Luat: the official one names a variable that does not exist.
function socket.clrsnding()
    error("attempt to index a nil value (`socket.clrsnding` is broken on the module too)", 2)
end

-- Client objects of generation B.
for name, value in pairs(here.library("~clients") or {}) do socket[name] = value end

return socket
