-- `link`: what scripts of both generations call.

local here = ...
local host = here.host
local bearer, links = here.library("~bearer"), here.library("~links")
local assert, next, print, type = assert, next, here.print, type
local sub = string.sub

local link = {}

-- Generation A -----------------------------------------------------------------------------------

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
    links.open(id, notify, recv, tag)
    if here.dev.link.ip ~= "IP STATUS" then bearer.set_up() end
end

function link.open(notify, recv, tag)
    assert(notify ~= nil, "link.open: notify func is nil")
    assert(recv ~= nil, "link.open: recv func is nil")
    local taken = here.dev.link.links
    for id = 0, links.LAST do
        if not taken[id] then
            open(id, notify, recv, tag)
            return id
        end
    end
    return nil, "no empty link"
end

function link.openid(id, notify, recv, tag)
    if type(id) ~= "number" or id < 0 or id > links.LAST or here.dev.link.links[id] then
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
    print("link.connect", id, prot, addr, port, state.ip, state.shuting, false)
    of.state = "CONNECTING"
    if state.ip ~= "IP STATUS" or state.shuting then
        of.pended = { prot, addr, port }
    else
        links.start(of, prot, addr, port)
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
        links.give_up(of)
        return
    end
    links.request("close", of)
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
    links.request("send", of, data)
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
    if next(state.links) then bearer.shut(state) end
    bearer.fail(state)
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

-- Generation B -----------------------------------------------------------------------------------

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
