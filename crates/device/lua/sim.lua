-- `sim`: the card. Its numbers are the device's own, and known once the card has answered.

local here = ...
local host = here.host
local sub = string.sub
local sys, lines = here.library("sys"), here.library("~lines")

local ANSWER_MS = 20 -- from a request to its answer

local sim = {}

function sim.getIccid() return host.identity("iccid") end
function sim.getImsi() return host.identity("imsi") end
function sim.getMcc() return sub(host.identity("imsi") or "", 1, 3) end
function sim.getMnc() return sub(host.identity("imsi") or "", 4, 5) end

function sim.getStatus() return (host.status()) end

-- Whether to ask for the number on the card; it is known once the card is.
function sim.getNumber() return host.identity("number") or "" end
function sim.setQueryNumber() end

-- There is one card, in slot 0.
function sim.getId() return 0 end

function sim.setId(id, cb)
    if cb then sys.timerStart(function() cb(id == 0) end, ANSWER_MS) end
end

sim.geticcid, sim.getimsi, sim.getmcc, sim.getmnc = sim.getIccid, sim.getImsi, sim.getMcc, sim.getMnc
sim.getstatus = sim.getStatus

local function both(id, ...)
    sys.publish(id, ...)
    sys.dispatch(id, ...)
end

lines.on_network("sim", function(change)
    if change == "sim ready" then
        both("SIM_IND", "RDY")
        both("IMSI_READY")
    elseif change == "sim gone" then
        both("SIM_IND", "NIST")
    elseif change == "sim locked" then
        both("SIM_IND", "SIM_PIN")
        both("SIM_IND", "NORDY")
    end
end)

return sim
