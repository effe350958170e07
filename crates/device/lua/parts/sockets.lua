-- `~sockets`: the callback sockets of generation A, plain or TLS, as `socket` and `socketssl` have
-- them. `of` says what differs: its `name`; `link`, the library whose lines it uses; `lines`,
-- under which the device's `link` state has them; `most`, the highest number that events are looked up
-- for; and `taken`, the highest that is taken.
--
-- A socket is a table { id = its link, prot, addr, port, rsp, rcv, cause, check, crt, queue, sending,
-- waiting, discause }, by the number that the script chose. `check` and `crt` are for TLS alone;
-- `queue` is there only while something is in it; `sending` is false while nothing is.

local here = ...
local host, print, send_line = here.host, here.print, here.library("~links").send
local error, min = error, math.min
local insert, remove = table.insert, table.remove

local function known(of, idx, call)
    local found = here.dev[of.name][idx]
    if not found then print(of.name .. " checkidx " .. call .. " err", idx) end
    return found
end

-- Luat: any number up to 5 is taken (11 with TLS), but events are looked up for 1 to 5 (10) only.
local function of_link(sockets, id, most)
    for idx = 1, most do
        local it = sockets[idx]
        if it and it.id == id then return idx, it end
    end
end

local function send_next(of, it)
    local queue = it.queue
    if not queue or it.sending or it.waiting then return end
    local line = here.dev.link[of.lines][it.id]
    if not line or line.state ~= "CONNECTED" then return end
    local item = remove(queue, 1)
    if not queue[1] then it.queue = nil end
    it.sending = item
    send_line(line, item.data)
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
function on.CONNECT(of, idx, it, value)
    local ok = value == "CONNECT OK"
    if not ok then fail_queue(idx, it) end
    it.rsp(idx, "CONNECT", ok, it.cause)
    if ok then send_next(of, it) else it.queue = nil end
end

function on.SEND(of, idx, it, value)
    local item = it.sending
    it.sending = false
    if not item then return end
    local ok = value == "SEND OK"
    it.rsp(idx, "SEND", ok, item)
    if not it.queue then return end
    if ok then send_next(of, it) else fail_queue(idx, it) end
end

-- Luat: a shut keeps the queue.
function on.STATE(_, idx, it, value)
    if value ~= "SHUTED" then fail_queue(idx, it) end
    it.rsp(idx, "STATE", value)
end

function on.DISCONNECT(_, idx, it)
    it.rsp(idx, "DISCONNECT", true, it.discause)
end

function on.CLOSE(of, idx, it)
    here.dev[of.name][idx] = nil
    it.rsp(idx, "CLOSE", true)
end

-- What scripts call -----------------------------------------------------------------------------

local function make(of, idx, prot, addr, port, rsp, rcv, cause, check, crt)
    local id = of.link.open(of.notify, of.receive)
    if not id then return nil end
    local it = { id = id, prot = prot, addr = addr, port = port, rsp = rsp, rcv = rcv, sending = false }
    it.cause, it.check, it.crt = cause, check, crt
    here.dev[of.name][idx] = it
    return it
end

-- Luat: a connect drops what is queued, without an event.
local function wipe(it)
    local count = (it.queue and #it.queue or 0) + (it.sending and 1 or 0)
    if count > 0 then host.notice("queue wiped", here.where(), count) end
    it.queue, it.sending, it.waiting = nil, false, nil
end

-- A connected socket stays if it leads where it should; else it is only disconnected.
local function reconsider(of, it, prot, addr, port, cause)
    if it.prot == prot and it.addr == addr and it.port == port then return true end
    it.prot, it.addr, it.port, it.discause = prot, addr, port, cause
    of.link.disconnect(it.id)
    return true
end

local function connect(of, idx, prot, addr, port, rsp, rcv, cause, check, crt)
    if idx > of.taken then
        print(of.name .. " checkidx connect err", idx)
        return nil
    end
    local it = here.dev[of.name][idx]
    if it and of.link.getstate(it.id) == "CONNECTED" then
        return reconsider(of, it, prot, addr, port, cause)
    end
    it = it or make(of, idx, prot, addr, port, rsp, rcv, cause, check, crt)
    if not it then
        print(of.name .. " connect fail2")
        return false
    end
    if not of.link.connect(it.id, prot, addr, port, check, crt) then
        print(of.name .. " connect fail1")
        return false
    end
    wipe(it)
    it.prot, it.addr, it.port, it.rsp, it.rcv, it.cause = prot, addr, port, rsp, rcv, cause
    it.check, it.crt = check, crt
    return true
end

local function create(of, idx, ...)
    if idx > of.taken or here.dev[of.name][idx] then
        print(of.name .. " checkidx create err", idx)
        return nil
    end
    if make(of, idx, ...) then return true end
end

local function enqueue(it, item, pos)
    local queue = it.queue or {}
    it.queue = queue
    insert(queue, pos and min(pos, #queue + 1) or #queue + 1, item)
    return true
end

-- Luat: a send on a closed socket connects it; on one that connects or closes it is refused.
local function send_later(of, it, line, item, pos, ins)
    local idle = line and (line.state == "CLOSED" or line.state == "INITIAL")
    if idle and of.link.connect(it.id, it.prot, it.addr, it.port, it.check, it.crt) or ins then
        return enqueue(it, item, pos)
    end
end

local function sender(of)
    local name, lines = of.name, of.lines
    return function(idx, data, para, pos, ins)
        local dev = here.dev
        local it = dev[name][idx] or known(of, idx, "send")
        if not it then return nil end
        if not data or data == "" then
            print(name .. " send data empty")
            return nil
        end
        local line, item = dev.link[lines][it.id], { data = data, para = para }
        if not line or line.state ~= "CONNECTED" then return send_later(of, it, line, item, pos, ins) end
        if it.sending or it.waiting then return enqueue(it, item, pos) end
        it.sending = item
        send_line(line, data)
        return true
    end
end

local function disconnect(of, idx, cause)
    local it = known(of, idx, "disconnect")
    if not it then return nil end
    it.discause = cause
    return of.link.disconnect(it.id)
end

-- While there is an item with data, queued sends are held.
local function setwaitingrspitem(of, idx, item)
    local it = known(of, idx, "setwaitingrspitem")
    if not it then return end
    it.waiting = item and item.data and item or nil
    send_next(of, it)
end

-- Luat: the official one names a variable that does not exist.
local function clrsnding(name)
    error("attempt to index a nil value (`" .. name .. ".clrsnding` is broken on the module too)", 3)
end

local function listen(of)
    local name, most, heard = of.name, of.most, of.name .. " sckrsp"
    function of.notify(id, event, value)
        print(heard, id, event, value)
        local sockets = here.dev[name]
        local idx, it = 1, sockets[1]
        if not it or it.id ~= id then idx, it = of_link(sockets, id, most) end
        if it then on[event](of, idx, it, value) end
    end
    function of.receive(id, data)
        local sockets = here.dev[name]
        local idx, it = 1, sockets[1]
        if not it or it.id ~= id then idx, it = of_link(sockets, id, most) end
        if it and it.rcv then it.rcv(idx, data) end
    end
end

-- The calls that both have alike, and the two that begin a socket, which the caller names.
return function(of)
    local calls, link = {}, of.link
    here.init[of.name] = function() return {} end
    listen(of)
    calls.send = sender(of)
    function calls.disconnect(idx, cause) return disconnect(of, idx, cause) end
    function calls.close(idx)
        local it = known(of, idx, "close")
        if it then return link.close(it.id) end
    end
    function calls.isactive(idx)
        local it = known(of, idx, "isactive")
        if it then return link.getstate(it.id) == "CONNECTED" end
    end
    function calls.setwaitingrspitem(idx, item) return setwaitingrspitem(of, idx, item) end
    function calls.clrsnding() clrsnding(of.name) end
    local function begin(how) return function(...) return how(of, ...) end end
    return calls, begin(connect), begin(create)
end
