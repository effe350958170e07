--! within 120
--! module air202
-- Generation A's sockets over TLS: what is the same as `socket`, and every difference.
require "socketssl"

local story, step = {}, {}
local function in_ms(ms, act) sys.timer_start(act, ms) end
local function note(words) story[#story + 1] = words end

local function rsp(idx, evt, result, item)
    local what = type(item) == "table" and item.data or item
    note(idx .. " " .. evt .. " " .. tostring(result) .. (what and " " .. what or ""))
end

local function rcv(idx, data) note(idx .. " rcv " .. data) end

local function told(...)
    local all, expected = table.concat(story, "; "), table.concat({ ... }, "; ")
    assert(all == expected, "\nexpected: " .. expected .. "\ntold: " .. all)
    story = {}
end

sys.regapp(function(_, value)
    note("any " .. tostring(value))
    return true
end, "USER_SOCKETSSL_CONNECT")

assert(socketssl.SCK_MAX_CNT == 10)
assert(socketssl.connect(12, "TCP", "peer", 1, rsp, rcv) == nil)
assert(socketssl.send(1, "x") == nil and socketssl.disconnect(1) == nil and socketssl.close(1) == nil)

-- Pended until there is an address; the server is told its name, and nothing is verified.
expects("peer:8883 connect tls peer ca=- cert=- key=- password=-")
assert(socketssl.connect(1, "TCP", "peer", 8883, rsp, rcv, false, nil, "cause") == true)
assert(linkssl.getstate(0) == "CONNECTING" and link.getstate(0) == "NIL LINK")
assert(socketssl.isactive(1) == false and socketssl.isactive(2) == nil)
assert(socketssl.send(1, "early") == nil, "refused while a connect is pended")
in_ms(3000, function()
    told("1 CONNECT true cause", "any true")
    assert(socketssl.isactive(1) == true)
    assert(socketssl.connect(1, "TCP", "peer", 8883) == true, "it stands already")
    assert(socketssl.send(1, "one") and socketssl.send(1, "two"))
    in_ms(1000, step[1])
end)

step[1] = function()
    told("1 SEND true one", "1 SEND true two")
    world("send", "peer", "abc")
    world("close", "peer")
    in_ms(500, function()
        told("1 rcv abc", "1 STATE CLOSED", "any nil")
        assert(socketssl.send(1, "again") == true, "a send on a closed socket connects")
        in_ms(1000, step[2])
    end)
end

step[2] = function()
    told("1 CONNECT true cause", "any true", "1 SEND true again")
    -- Luat: a failed send ends the use of the line; a connect or a close begins anew.
    world("manner", "peer", "sendfail")
    assert(socketssl.send(1, "x") and socketssl.send(1, "y"))
    in_ms(500, function()
        told("1 SEND false x", "1 SEND false y")
        assert(linkssl.getstate(0) == "ERROR" and socketssl.isactive(1) == false)
        assert(socketssl.send(1, "z") == nil, "neither sent nor queued")
        world("manner", "peer", "peer")
        expects("peer broken off")
        assert(socketssl.connect(1, "TCP", "peer", 8883, rsp, rcv) == true)
        in_ms(500, step[3])
    end)
end

step[3] = function()
    told("1 CONNECT true", "any true")
    assert(socketssl.disconnect(1, "why") == true)
    in_ms(500, function()
        told("1 DISCONNECT true why", "any nil")
        assert(socketssl.close(1) == true)
        in_ms(500, function()
            told("1 CLOSE true", "any nil")
            assert(linkssl.getstate(0) == "NIL LINK")
            ok("events as those of socket")
            step[4]()
        end)
    end)
end

-- With certificates: names without a slash are the project's files.
step[4] = function()
    io.writeFile("/mine.crt", "MINE")
    expects("server:1 connect tls server ca=PROJECT, cert=MINE key=MINE password=secret")
    assert(socketssl.create(11, "TCP", "server", 1, rsp, rcv, true, {
        verifysvrcerts = { "main.lua", "/mine.crt" }, clientcert = "/mine.crt", clientkey = "/mine.crt",
        clientcertpswd = "secret",
    }) == true)
    assert(socketssl.create(11, "TCP", "server", 1, rsp, rcv) == nil)
    assert(socketssl.send(11, "hello") == true, "a send connects with what was given")
    in_ms(1000, function()
        -- Luat: eleven is taken, but events are looked up for one to ten only.
        told("any true")
        assert(socketssl.isactive(11) == true)
        assert(socketssl.close(11) == true)
        in_ms(500, step[5])
    end)
end

step[5] = function()
    told("any nil")
    -- A refused handshake, a refused call, and a port that is none: CONNECT false.
    assert(socketssl.connect(2, "TCP", "stranger", 1, rsp, rcv) == true)
    assert(socketssl.connect(3, "TCP", "refused", "1", rsp, rcv) == true)
    assert(socketssl.connect(4, "TCP", "peer", "http", rsp, rcv) == true)
    in_ms(500, step[6])
end

step[6] = function()
    told("4 CONNECT false", "any nil", "2 CONNECT false", "any nil", "3 CONNECT false", "any nil")
    -- Verify by nothing, or by a file that is not there, fails; a notice says why.
    expects("bare:1 connect tls bare ca= cert=- key=- password=-")
    expects('notice NoAuthority [""] ')
    expects("gone:1 connect tls gone ca= cert=- key=- password=-")
    expects('notice NoAuthority ["/ldata/none.crt"] ')
    expects('notice CertificateMissing ["clientcert", "/ldata/none.crt"] ')
    assert(socketssl.connect(2, "TCP", "bare", 1, rsp, rcv, true) == true)
    assert(socketssl.connect(3, "TCP", "gone", 1, rsp, rcv, true, {
        verifysvrcerts = { "none.crt" }, clientcert = "none.crt",
    }) == true)
    -- Certificates of a server that is not to be verified are left alone.
    expects("unchecked:1 connect tls unchecked ca=- cert=- key=- password=-")
    assert(socketssl.connect(4, "TCP", "unchecked", 1, rsp, rcv, false, {
        verifysvrcerts = { "main.lua" },
    }) == true)
    in_ms(1000, step[7])
end

step[7] = function()
    -- A send connects once more with what the last connect was given.
    expects_none("bare:1 connect tls bare ca=-")
    world("close", "bare")
    in_ms(100, function()
        assert(socketssl.send(2, "once more") == true)
        in_ms(1000, step.misuse)
    end)
end

step.misuse = function()
    assert(story[#story] == "2 SEND true once more", table.concat(story, "; "))
    story = {}
    -- Misuse is named.
    local fine, why = pcall(socketssl.connect, 5, "TCP", "peer", 1, rsp, rcv, true, "ca.crt")
    assert(not fine and why:find("crtconfig must be a table, got string", 1, true), why)
    fine, why = pcall(socketssl.connect, 5, "TCP", "peer", 1, rsp, rcv, true, { verifysvrcerts = "ca.crt" })
    assert(not fine and why:find("verifysvrcerts must be a list of file names, got string", 1, true), why)
    fine, why = pcall(socketssl.connect, 5, "TCP", "peer", 1, rsp, rcv, true, { clientkey = 5 })
    assert(not fine and why:find("crtconfig.clientkey must be a file name, got number", 1, true), why)
    assert(not pcall(socketssl.clrsnding, 1))
    assert(socketssl.connect(6, "TCP", "peer", 1, rsp, rcv) == true, "they left no mark")
    in_ms(1000, step[8])
end

step[8] = function()
    told("6 CONNECT true", "any true")
    -- Held while a response is waited for.
    socketssl.setwaitingrspitem(6, { data = "q" })
    assert(socketssl.send(6, "held") == true)
    in_ms(500, function()
        told()
        socketssl.setwaitingrspitem(6, {})
        in_ms(500, function()
            told("6 SEND true held")
            done()
        end)
    end)
end
