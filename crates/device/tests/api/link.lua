--! within 200
-- `link`: shut and bearer loss as both generations see them.
require "socket"

local story = {}

local function tell(...)
    local words = { string.format("%.1f", now() / 1000) }
    for i = 1, select("#", ...) do words[#words + 1] = tostring((select(i, ...))) end
    story[#story + 1] = table.concat(words, " ")
end

local function told(...)
    local all, expected = table.concat(story, "\n"), table.concat({ ... }, "\n")
    assert(all == expected, "\nexpected:\n" .. expected .. "\ntold:\n" .. all)
    story = {}
end

for _, id in ipairs({ "IP_READY_IND", "IP_ERROR_IND", "GPRS_ATTACH", "PDP_DEACT_IND" }) do
    sys.subscribe(id, function(value) tell(id, value) end)
end
sys.regapp(function(id, value)
    tell(id, value)
    return true
end, "NET_GPRS_READY", "USER_SOCKET_CONNECT", "IP_STATUS_IND", "IP_SHUTING_IND")

local function notify(id, evt, val) tell("link", id, evt, val) end
local function recv(id, data) tell("recv", id, data) end
local function in_ms(ms, act) sys.timer_start(act, ms) end
local step = {}

assert(link.isReady() == false)
assert(link.getapn() == "CMIOT")

in_ms(2000, function()
    told("0.8 NET_GPRS_READY true", "0.8 GPRS_ATTACH true", "1.0 IP_READY_IND nil")
    assert(link.isReady() == true)
    -- Generation B alone: the address stays.
    link.shut()
    assert(link.isReady() == false)
    in_ms(2500, step[1])
end)

step[1] = function()
    told("2.0 IP_ERROR_IND nil", "4.0 IP_READY_IND nil")
    link.regipstatusind()
    assert(link.openid(3, notify, recv, "tagged") == true)
    assert(link.openid(3, notify, recv) == false and link.openid(8, notify, recv) == false)
    assert(link.open(notify, recv) == 0 and link.open(notify, recv) == 1)
    assert(link.open(notify, recv) == 2)
    assert(link.connect(0, "TCP", "peer", 1) and link.connect(3, "TCP", "echo", 1))
    assert(link.connect(0, "TCP", "peer", 1) == false and link.send(0, "x") == false)
    assert(link.connect(2, "TCP", "silent", 1))
    in_ms(500, step[2])
end

step[2] = function()
    told(
        "4.5 IP_STATUS_IND true",
        "4.8 link 0 CONNECT CONNECT OK",
        "4.8 USER_SOCKET_CONNECT true",
        "4.8 link 3 CONNECT CONNECT OK"
    )
    -- One command at a time: the shut waits for both sends.
    assert(link.send(0, "a") and link.send(3, "b"))
    link.shut()
    assert(link.connect(1, "TCP", "peer", 2), "pended behind the shut")
    in_ms(7000, step[3])
end

step[3] = function()
    told(
        "5.0 IP_SHUTING_IND true",
        "5.0 IP_ERROR_IND nil",
        "5.2 link 0 SEND SEND OK",
        "5.4 link 3 SEND SEND OK",
        -- The echo of b was on its way when the line broke.
        "5.5 link 0 STATE SHUTED",
        "5.5 link 2 STATE SHUTED",
        "5.5 link 3 STATE SHUTED",
        "5.5 IP_SHUTING_IND false",
        "5.5 IP_STATUS_IND false",
        "5.5 USER_SOCKET_CONNECT nil",
        "5.5 USER_SOCKET_CONNECT nil",
        "10.7 IP_READY_IND nil",
        "10.7 IP_STATUS_IND true",
        "11.0 link 1 CONNECT CONNECT OK",
        "11.0 USER_SOCKET_CONNECT true"
    )
    -- Bearer loss is a shut that nobody asked for; a send under way fails first.
    assert(link.close(3) == true and link.close(2) == true)
    in_ms(200, step[4])
end

step[4] = function()
    told("12.0 link 3 CLOSE OK", "12.0 link 2 CLOSE OK", "12.0 USER_SOCKET_CONNECT true")
    assert(link.send(1, "lost"))
    world("link lost")
    in_ms(3000, step[5])
end

step[5] = function()
    told(
        "12.2 link 1 SEND ERROR",
        "12.2 IP_ERROR_IND nil",
        "12.2 PDP_DEACT_IND nil",
        "12.2 IP_SHUTING_IND true",
        "12.3 link 0 STATE SHUTED",
        "12.3 link 1 STATE SHUTED",
        "12.3 IP_SHUTING_IND false",
        "12.3 IP_STATUS_IND false",
        "12.3 USER_SOCKET_CONNECT true", -- between the two
        "12.3 USER_SOCKET_CONNECT nil"
    )
    -- Before there is an address again: a pended connect given up returns nothing.
    assert(link.connect(0, "TCP", "peer", 1) == true)
    assert(link.disconnect(0) == nil and link.getstate(0) == "DISCONNECTING")
    assert(link.disconnect(0) == false)
    in_ms(3000, step[6])
end

step[6] = function()
    told(
        "15.2 link 0 DISCONNECT OK",
        "15.2 USER_SOCKET_CONNECT nil",
        "17.5 IP_READY_IND nil",
        "17.5 IP_STATUS_IND true"
    )
    -- A shut without a radio ends as well; lines come back with the network.
    assert(link.connect(1, "TCP", "echo", 2))
    in_ms(500, function()
        assert(link.send(1, "hello"))
        in_ms(500, step[7])
    end)
end

step[7] = function()
    told(
        "18.5 link 1 CONNECT CONNECT OK",
        "18.5 USER_SOCKET_CONNECT true",
        "18.9 link 1 SEND SEND OK",
        "19.0 recv 1 hello"
    )
    world("sim removed")
    in_ms(500, function()
        assert(link.isReady() == false and link.getstate(1) == "CLOSED")
        assert(link.connect(1, "TCP", "peer", 2))
        world("sim inserted")
        in_ms(10000, step[8])
    end)
end

step[8] = function()
    told(
        "19.2 IP_ERROR_IND nil",
        "19.2 PDP_DEACT_IND nil",
        "19.2 IP_SHUTING_IND true",
        "19.2 NET_GPRS_READY false",
        "19.2 GPRS_ATTACH false",
        "19.2 link 0 STATE SHUTED",
        "19.2 link 1 STATE SHUTED",
        "19.2 IP_SHUTING_IND false",
        "19.2 IP_STATUS_IND false",
        "19.2 USER_SOCKET_CONNECT true",
        "19.2 USER_SOCKET_CONNECT nil",
        "20.4 NET_GPRS_READY true",
        "20.4 GPRS_ATTACH true",
        "20.4 IP_STATUS_IND true",
        "20.7 link 1 CONNECT CONNECT OK",
        "20.7 USER_SOCKET_CONNECT true",
        "21.2 IP_READY_IND nil" -- asked again after 2 s
    )
    -- A close ends a connect that is under way, and whatever was queued behind a shut.
    assert(link.close(0) == true and link.close(1) == true)
    in_ms(1000, function()
        assert(link.getstate(0) == "NIL LINK" and link.getstate(1) == "NIL LINK")
        story = {}
        assert(link.open(notify, recv) == 0)
        assert(link.connect(0, "TCP", "silent", 1) and link.disconnect(0) == true)
        in_ms(500, step[9])
    end)
end

step[9] = function()
    told("30.8 link 0 DISCONNECT OK", "30.8 USER_SOCKET_CONNECT nil")
    -- Two shuts: the second says it once more, also of what is closed.
    link.shut()
    link.reset()
    in_ms(150, function() assert(link.open(notify, recv) == 1) end) -- disturbs neither
    in_ms(1000, function()
        local all = table.concat(story, "\n")
        local _, shuts = all:gsub("link 0 STATE SHUTED", "")
        assert(shuts == 2, all)
        done()
    end)
end
