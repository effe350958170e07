-- What a module answers to the AT commands that programs send in passing, from its own state.

local here = ...
local host, core = here.host, here.core
local format, match, tonumber = string.format, string.match, tonumber

local LTE, GSM = 7, 0 -- how a cell is reached
local ZONE = 32 -- quarters of an hour east of Greenwich

local function registration(head, tail)
    if tail ~= "?" then return end
    local _, registered, _, flying = host.status()
    if not registered then return format("%s: 2,%d", head, flying and 0 or 2) end
    local net = here.library("net")
    local act = host.profile() == 4 and LTE or GSM
    return format('%s: 2,1,"%s","%s",%d', head, net.getLac(), net.getCi(), act)
end

local function of_card(what, before)
    return function()
        local number = host.identity(what)
        return number and before .. number or false
    end
end

local function of_module(what)
    return function() return host.identity(what) end
end

-- The strength of the signal, nil without a cell.
local function signal()
    local _, registered = host.status()
    here.library("net")
    return registered and here.signal() or nil
end

local function clock(head, tail)
    if tail == "?" then return format('%s: "%s+%d"', head, core.os.date("%y/%m/%d,%H:%M:%S"), ZONE) end
    local year, month, day, hour, min, sec = match(tail, '^="(%d%d)/(%d%d)/(%d%d),(%d%d):(%d%d):(%d%d)')
    if not year or not core.rtos.set_time(2000 + year, month, day, hour, min, sec) then return false end
end

local function radio(head, tail)
    local _, _, _, flying = host.status()
    if tail == "?" then return format("%s: %d", head, flying and 0 or 1) end
    local on = tonumber(match(tail, "^=([01])$"))
    if not on then return false end
    here.library("net").switchFly(on == 0)
end

local function operator(head, tail)
    local _, registered = host.status()
    if tail ~= "?" then return end
    if not registered then return head .. ": 0" end
    local act = host.profile() == 4 and LTE or GSM
    return format('%s: 0,2,"%s%s",%d', head, host.identity("mcc"), host.identity("mnc"), act)
end

local function fine() end

-- By the head of the command: a function of the head and of what follows it, which gives the line
-- before `OK`, nothing where there is none, or false for `ERROR`. Those that are only fine switch
-- what is not here: voice, USB network, tracing, sleep, messages, reports.
local answers = {
    AT = fine, E = fine, ["+RNDISCALL"] = fine, ["+SETVOLTE"] = fine, ["^TRACECTRL"] = fine,
    ["*TRACE"] = fine, ["+WAKETIM"] = fine, ["+CMEE"] = fine, ["+CLIP"] = fine, ["+IPR"] = fine,
    ["+ICF"] = fine, ["+IFC"] = fine, ["+CSCLK"] = fine, ["+CTZR"] = fine, ["+CTZU"] = fine,
    ["+CNMI"] = fine, ["+CMGF"] = fine, ["+CSCS"] = fine, ["+NETLED"] = fine, ["+CALIBINFO"] = fine,
    ["+CENG"] = fine, ["+EEMOPT"] = fine, ["+CIND"] = fine, ["*RTIME"] = fine, ["*DNSTMOUT"] = fine,
    ["+TCPUSERPARAM"] = fine,
    ["+CREG"] = registration, ["+CGREG"] = registration, ["+CEREG"] = registration,
    ["+CFUN"] = radio, ["+CCLK"] = clock, ["+COPS"] = operator,
    ["+CGSN"] = of_module("imei"), ["+WISN"] = of_module("sn"), ["+MUID"] = of_module("muid"),
    ["+CIMI"] = of_card("imsi", ""), ["+CCID"] = of_card("iccid", ""),
    ["+ICCID"] = of_card("iccid", "+ICCID: "),
}

answers["+ATWMFT"] = function() return "SUCC" end
answers["+CGMM"] = function(head) return format('%s: "%s"', head, host.identity("model")) end
answers["+CGMR"] = function() return core.rtos.get_version() end
answers["+VER"] = answers["+CGMR"]

answers["+CSQ"] = function(head) return format("%s: %d,99", head, signal() or 99) end

answers["+CESQ"] = function(head)
    local quality = signal() and here.library("net").getRsrp() or 255
    return format("%s: 99,99,255,255,255,%d", head, quality)
end

answers["+CPIN"] = function(head)
    if host.is_sim_locked() then return head .. ": SIM PIN" end
    return host.status() and head .. ": READY" or false
end

answers["+CGATT"] = function(head, tail)
    local _, _, _, _, attached = host.status()
    if tail == "?" then return format("%s: %d", head, attached and 1 or 0) end
end

return answers
