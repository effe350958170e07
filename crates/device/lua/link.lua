-- `link`: what scripts of both generations call.

local here = ...
local host = here.host
local bearer, links = here.library("~bearer"), here.library("~links")
local pairs = pairs

local link = {}

-- Generation A -----------------------------------------------------------------------------------

for name, call in pairs(here.library("~calls")(links.Plain)) do link[name] = call end

-- Luat: with lines of generation A the address is given back; generation B hears of an error and
-- keeps it. A project may use both.
function link.shut()
    local state = here.dev.link
    if bearer.is_wanted(state) then bearer.shut(state) end
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
