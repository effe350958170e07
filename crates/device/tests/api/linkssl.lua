--! within 150
--! module air202
-- Lines over TLS: eight of their own, certificates by name, and what the network does to them.
sys.regapp({ IP_STATUS_IND = function(ready) BEFORE = ready end }) -- older than the library's own
require "linkssl"

local story, step = {}, {}
local function in_ms(ms, act) sys.timer_start(act, ms) end

local function tell(...)
    local words = {}
    for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
    story[#story + 1] = table.concat(words, " ")
end

local function told(...)
    local all, expected = table.concat(story, "; "), table.concat({ ... }, "; ")
    assert(all == expected, "\nexpected: " .. expected .. "\ntold: " .. all)
    story = {}
end

local function notify(id, evt, val) tell(id, evt, val) end
local function recv(id, data) tell(id, "recv", data) end

sys.regapp(function(id, value)
    tell(id, value)
    return true
end, "IP_STATUS_IND", "IP_SHUTING_IND", "USER_SOCKETSSL_CONNECT", "USER_SOCKET_CONNECT")

-- Eight of each, by numbers of their own.
for id = 0, 7 do assert(linkssl.open(notify, recv, "tag") == id) end
local none, why = linkssl.open(notify, recv)
assert(none == nil and why == "no empty link")
assert(linkssl.openid(8, notify, recv) == false and linkssl.openid(0, notify, recv) == false)
assert(link.open(notify, recv) == 0, "those of `link` count apart")
assert(not pcall(linkssl.open, nil, recv) and not pcall(linkssl.open, notify))
assert(linkssl.connect(8, "TCP", "peer", 1) == false and linkssl.send(0, "x") == false)
assert(linkssl.getstate(0) == "INITIAL" and linkssl.getstate(8) == "NIL LINK")

-- What waits for an address goes out when there is one, also where `link` has no line that wants it.
assert(link.close(0) == true)
assert(linkssl.connect(0, "TCP", "peer", 1) == true and linkssl.connect(0, "TCP", "peer", 1) == false)
in_ms(3000, function()
    told("0 CLOSE OK", "USER_SOCKET_CONNECT nil", "IP_STATUS_IND true", "0 CONNECT CONNECT OK")
    for id = 1, 7 do assert(linkssl.close(id) == true) end
    in_ms(2000, step[1])
end)

step[1] = function()
    assert(#story == 7 and story[7] == "7 CLOSE OK", table.concat(story, "; "))
    story = {}
    -- What is put in goes before a file of that name, by kind, until the last line is closed.
    linkssl.inputcrt("cacrt", "a.crt", "GIVEN")
    linkssl.inputcrt("localcrt", "main.lua")
    expects("given:1 connect tls given ca=GIVEN cert=PROJECT, key=- password=-")
    expects("unknown:1 connect tls unknown ca= cert=- key=- password=-")
    assert(linkssl.openid(3, notify, recv) == true and linkssl.openid(4, notify, recv) == true)
    assert(linkssl.connect(3, "TCP", "given", 1, true, { verifysvrcerts = { "a.crt" }, clientcert = "main.lua" }))
    assert(linkssl.connect(4, "TCP", "unknown", 1, true, { verifysvrcerts = { "main.crt" } }))
    assert(linkssl.disconnect(3) and linkssl.disconnect(4))
    expects("kept:1 connect tls kept ca=GIVEN cert=- key=- password=-")
    in_ms(1000, function()
        assert(BEFORE == true, "news go on to older apps")
        story = {}
        assert(linkssl.openid(5, notify, recv, "tag") and linkssl.close(5) == true)
        in_ms(500, function()
            assert(linkssl.connect(4, "TCP", "kept", 1, true, { verifysvrcerts = { "a.crt" } }))
            assert(linkssl.close(3) and linkssl.close(4) and linkssl.close(0))
            in_ms(1000, step[2])
        end)
    end)
end

step[2] = function()
    assert(story[1] == "5 CLOSE OK" and story[2] == "3 CLOSE OK" and linkssl.getstate(0) == "NIL LINK", table.concat(story, "; "))
    story = {}
    expects("forgotten:1 connect tls forgotten ca= cert=- key=- password=-")
    assert(linkssl.open(notify, recv) == 0)
    assert(linkssl.connect(0, "TCP", "forgotten", 1, true, { verifysvrcerts = { "a.crt" } }))
    local fine, why = pcall(linkssl.inputcrt, "rootcrt", "a.crt")
    assert(not fine and why:find("`rootcrt` is not `cacrt`", 1, true), why)
    fine, why = pcall(linkssl.inputcrt, "cacrt")
    assert(not fine and why:find("must be a name, got nil", 1, true), why)
    expects('notice CertificateMissing ["cacrt", "/ldata/none.crt"] ')
    linkssl.inputcrt("cacrt", "none.crt")
    in_ms(1000, step[3])
end

step[3] = function()
    told("0 CONNECT CONNECT OK", "USER_SOCKETSSL_CONNECT true")
    -- A shut breaks what stands and what is closed, not what is new or waits for an address; and it
    -- comes also where there is no line of `link`.
    assert(linkssl.openid(1, notify, recv) and linkssl.openid(2, notify, recv, "tag"))
    assert(linkssl.openid(3, notify, recv))
    link.shut()
    assert(linkssl.connect(1, "TCP", "peer", 1) == true, "pended behind the shut")
    in_ms(1000, function()
        told(
            "IP_SHUTING_IND true", "IP_SHUTING_IND false", "0 STATE SHUTED",
            "IP_STATUS_IND false", "USER_SOCKETSSL_CONNECT nil"
        )
        assert(linkssl.getstate(0) == "CLOSED" and linkssl.getstate(2) == "INITIAL")
        assert(linkssl.getstate(1) == "CONNECTING")
        in_ms(7000, step[4])
    end)
end

step[4] = function()
    told("IP_STATUS_IND true", "1 CONNECT CONNECT OK", "USER_SOCKETSSL_CONNECT true")
    -- Loss of the address: a send under way fails first.
    world("manner", "peer", "mute")
    assert(linkssl.send(1, "lost") == true)
    world("link lost")
    in_ms(1000, function()
        told(
            "1 SEND ERROR", "IP_SHUTING_IND true", "IP_SHUTING_IND false", "0 STATE SHUTED",
            "1 STATE SHUTED", "IP_STATUS_IND false", "USER_SOCKETSSL_CONNECT nil",
            "USER_SOCKETSSL_CONNECT nil"
        )
        step[5]()
    end)
end

step[5] = function()
    -- Luat: given up while it waits for an address, a line is never heard of again, but can be closed.
    expects("notice DisconnectUnanswered")
    assert(linkssl.connect(0, "TCP", "peer", 1) == true)
    assert(linkssl.disconnect(0) == nil and linkssl.getstate(0) == "DISCONNECTING")
    assert(linkssl.connect(1, "TCP", "peer", 1) == true)
    assert(linkssl.close(1) == nil)
    in_ms(10000, function()
        told("1 CLOSE OK", "USER_SOCKETSSL_CONNECT nil", "IP_STATUS_IND true")
        assert(linkssl.getstate(0) == "DISCONNECTING" and linkssl.getstate(1) == "NIL LINK")
        assert(linkssl.close(0) == true)
        in_ms(1000, step[6])
    end)
end

step[6] = function()
    told("0 CLOSE OK", "USER_SOCKETSSL_CONNECT nil")
    -- A connect that is never answered restarts nobody, not even where those of `socket` do.
    require "socket"
    assert(linkssl.open(notify, recv) == 0)
    assert(linkssl.connect(0, "TCP", "silent", 1) == true)
    in_ms(100000, function()
        told()
        assert(linkssl.getstate(0) == "CONNECTING")
        done()
    end)
end
