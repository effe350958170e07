-- `sim`: the card. Its numbers are the device's own, and known once the card has answered.

local here = ...
local host = here.host
local sys, lines = here.library("sys"), here.library("~lines")

local ANSWER_MS = 20 -- from a request to its answer

local sim = {}

-- `is_read`: whether the card's numbers are known; they stay so without the card.
function here.init.sim()
    return { is_read = host.status() == true }
end

local function number(which)
    if here.dev.sim.is_read then return host.identity(which) end
end

function sim.getIccid() return number("iccid") end
function sim.getImsi() return number("imsi") end
function sim.getMcc() return number("mcc") or "" end
function sim.getMnc() return number("mnc") or "" end

function sim.getStatus() return (host.status()) end

-- The card has no number of its own stored on it.
function sim.getNumber() return "" end
function sim.setQueryNumber() end

-- There is one card, in slot 0.
function sim.getId() return 0 end

function sim.setId(id, cb)
    if cb then sys.timerStart(function() cb(id == 0) end, ANSWER_MS) end
end

sim.geticcid, sim.getimsi, sim.getmcc, sim.getmnc = sim.getIccid, sim.getImsi, sim.getMcc, sim.getMnc
sim.getstatus = sim.getStatus

function here.start.sim()
    local _ = here.dev.sim
end

local function both(id, ...)
    sys.publish(id, ...)
    sys.dispatch(id, ...)
end

lines.on_network("sim", function(change)
    if change == "sim ready" then
        here.dev.sim.is_read = true
        both("SIM_IND", "RDY")
        both("IMSI_READY")
    elseif change == "sim gone" then
        both("SIM_IND", "NIST")
    end
end)

return sim
