-- The data link as both generations see it. `ip` is what generation A calls the IP status, and
-- counts only while it has lines; `ready` is what generation B asks for.

local here = ...
local host = here.host
local sys, lines, links = here.library("sys"), here.library("~lines"), here.library("~links")
local next, print, setmetatable = next, here.print, setmetatable

local REACTIVATE_MS, RECHECK_MS = 5000, 2000

local bearer = {}

-- What a device has not changed, so that its own table stays small.
local DEFAULTS = {
    __index = {
        ip = "IP INITIAL", answer_ms = 124000, activate_ms = 120000,
        busy = false, shuting = false, ssl = false,
    },
}

-- `busy` is the command under way and `busy_link` whose it is; `queue` holds
-- { command, link, arguments... }.
function here.init.link()
    local _, registered, online = host.status()
    local attached = registered and online or false
    local state = { links = {}, ready = online, attached = attached, queue = false }
    return setmetatable(state, DEFAULTS)
end

-- Generation A -----------------------------------------------------------------------------------

-- Whether a line wants an address, plain or TLS.
local function is_wanted(state)
    return next(state.links) or state.ssl and next(state.ssl)
end

local function set_ip(state, ip)
    print("ipstatus:", ip)
    local changed = state.ip ~= ip
    state.ip = ip
    if changed and state.told then sys.dispatch("IP_STATUS_IND", ip == "IP STATUS") end
end

local function never_activated()
    local on_error = here.dev.link.on_ip_error
    if on_error then return on_error() end
    sys.restart("ciicrerrtmfnc")
end

local function start_activate_timer(state)
    if state.activate_ms then sys.timer_start(never_activated, state.activate_ms) end
end

-- There is an address, and somebody wants it.
local function ip_ready(state)
    sys.timer_stop(never_activated)
    set_ip(state, "IP STATUS")
    links.start_pended(state.links)
end

function bearer.set_up()
    local state = here.dev.link
    print("link.setupIP:", state.ip)
    if state.shuting or state.busy == "shut" or state.ip == "IP STATUS" then return end
    local _, registered, online = host.status()
    if online then
        if is_wanted(state) then ip_ready(state) end
        return
    end
    if not state.attached then print("setupip: wait cgatt") end
    if registered and state.attached and is_wanted(state) then start_activate_timer(state) end
    host.activate()
end

local function shut_ok()
    local state = here.dev.link
    if not links.answered("shut") then return end
    state.shuting = nil
    if state.told then sys.dispatch("IP_SHUTING_IND", false) end
    sys.timer_stop(never_activated)
    set_ip(state, "IP INITIAL")
    sys.timer_start(bearer.set_up, REACTIVATE_MS)
    for id = 0, links.LAST do
        local of = state.links[id]
        if of then links.break_off(of) end
    end
    links.proceed()
end

function bearer.shut(state)
    state.shuting = true
    if state.told then sys.dispatch("IP_SHUTING_IND", true) end
    links.request("shut")
end

-- Generation B -----------------------------------------------------------------------------------

local function publish_ready(state)
    state.ready = true
    -- A script of generation A has no use for the line.
    if not (here.dev.globals.MODULE_TYPE or host.serves()) then
        here.library("log").info("publish IP_READY_IND")
    end
    sys.publish("IP_READY_IND")
end

local function recheck()
    local state = here.dev.link
    local _, _, online = host.status()
    state.rechecking = nil
    if online and not state.ready then publish_ready(state) end
end

function bearer.fail(state)
    state.ready = false
    state.rechecking = true
    sys.publish("IP_ERROR_IND")
    sys.timerStart(recheck, RECHECK_MS)
end

-- The network ------------------------------------------------------------------------------------

local function set_attached(state, attached)
    if state.attached == attached then return end
    state.attached = attached
    sys.dispatch("NET_GPRS_READY", attached)
    sys.publish("GPRS_ATTACH", attached)
end

local changed = {}

function changed.registered(state)
    local _, _, online = host.status()
    if online then return set_attached(state, true) end
    -- An address that was shut before there was a cell is asked for when there is one.
    if is_wanted(state) and state.busy ~= "shut" then host.activate() end
end

function changed.unregistered(state)
    set_attached(state, false)
end

function changed.attached(state)
    set_attached(state, true)
    if is_wanted(state) then start_activate_timer(state) end
end

function changed.online(state)
    if not state.attached then set_attached(state, true) end
    if not state.rechecking then publish_ready(state) end
    if is_wanted(state) and not state.shuting then ip_ready(state) end
end

function changed.offline(state)
    bearer.fail(state)
    sys.publish("PDP_DEACT_IND")
    if not is_wanted(state) then
        state.ip = "IP INITIAL"
        return
    end
    bearer.shut(state)
    links.fail_send()
end

changed.shut = shut_ok

-- Without a radio or a SIM there is no answer to wait for, neither to a shut nor to the request for an
-- address: that is asked for again, with a new limit, once the network has taken the module in.
local function no_network()
    sys.timer_stop(never_activated)
    shut_ok()
end

changed["flight mode on"], changed["sim gone"], changed["sim locked"] = no_network, no_network, no_network

lines.on_network("link", function(change)
    if changed[change] then changed[change](here.dev.link) end
end)

bearer.is_wanted = is_wanted

return bearer
