--! within 120
--! boot module
-- Generation A's sockets: a trace of the module, then states, queue rules and ends.
require "socket"

local story = {}

local function event(...)
    local words = { math.floor(now() / 10 + 0.5) * 10 - 7240 }
    for i = 1, select("#", ...) do
        local value = select(i, ...)
        words[#words + 1] = type(value) == "table" and value.data .. "/" .. tostring(value.para)
            or tostring(value)
    end
    story[#story + 1] = table.concat(words, " ")
end

local function expect(lines)
    local told = table.concat(story, "\n")
    assert(told == lines, "\nexpected:\n" .. lines .. "\ntold:\n" .. told)
    story = {}
end

local function in_ms(ms, act) sys.timer_start(act, ms) end

-- A trace of the module. The line of the pended connect: 7.24 s after power-on.
local step = {}

local function rsp(idx, evt, result, item)
    event("rsp", idx, evt, result, item)
    if evt == "CONNECT" and result then
        assert(socket.send(1, "one", "P1") and socket.send(1, "two", "P2"))
    elseif result == "CLOSED" then
        assert(socket.send(1, "three", "P3"))
    end
end

local function rcv(idx, data) event("rcv", idx, data) end

assert(socket.connect(1, "TCP", "peer", 9999, rsp, rcv) == true)
assert(link.getstate(0) == "CONNECTING" and link.getstate(1) == "NIL LINK")
assert(socket.isactive(1) == false and socket.isactive(2) == nil)
assert(socket.send(1, "early") == nil, "refused while a connect is pended")

in_ms(9000, function() world("send", "peer", "abc") end)
in_ms(10000, function() world("close", "peer") end)
in_ms(14000, function() link.shut() end)
in_ms(24000, function()
    assert(link.getstate(0) == "CLOSED")
    assert(socket.disconnect(1, "why") == true)
end)

in_ms(25000, function()
    expect(table.concat({
        "300 rsp 1 CONNECT true nil",
        "500 rsp 1 SEND true one/P1",
        "700 rsp 1 SEND true two/P2",
        "1760 rcv 1 abc",
        "2760 rsp 1 STATE CLOSED nil",
        "3060 rsp 1 CONNECT true nil", -- three connected by itself
        "3260 rsp 1 SEND true one/P1",
        "3460 rsp 1 SEND true three/P3",
        "3660 rsp 1 SEND true two/P2",
        "7060 rsp 1 STATE SHUTED nil",
        "16760 rsp 1 DISCONNECT true why",
    }, "\n"))
    ok("a trace of the module")
    step[1]()
end)

-- Failure, queue and wipe.
local results = {}

local function note(idx, evt, result, item)
    local what = type(item) == "table" and item.data or item
    results[#results + 1] = evt .. " " .. tostring(result) .. (what and " " .. what or "")
end

local function noted(...)
    local told, expected = table.concat(results, "; "), table.concat({ ... }, "; ")
    assert(told == expected, told)
    results = {}
end

step[1] = function()
    assert(socket.create(2, "TCP", "refused", "80", note) == true)
    assert(socket.create(2, "TCP", "refused", "80", note) == nil)
    assert(socket.create(6, "TCP", "refused", 80, note) == nil)
    assert(socket.connect(6, "TCP", "refused", 80, note) == nil)
    assert(link.getstate(1) == "INITIAL")
    assert(socket.send(2, "a") == true, "a send connects")
    assert(socket.send(2, "b") == nil, "but while it connects none is taken")
    assert(socket.send(2, "c", nil, nil, true) == true, "unless it insists")
    assert(socket.send(2, "d", nil, 1, true) == true)
    assert(socket.send(2, "") == nil and socket.send(2) == nil and socket.send(3, "x") == nil)
    assert(socket.connect(2, "TCP", "refused", 80, note) == false)
    in_ms(400, step[2])
end

step[2] = function()
    noted("SEND false d", "SEND false a", "SEND false c", "CONNECT false")
    assert(link.getstate(1) == "CLOSED" and socket.isactive(2) == false)
    -- A connect in the state CLOSED wipes; bad ports and protocols fail like the modem does.
    assert(socket.send(2, "kept", nil, nil, true) == true)
    in_ms(400, function()
        noted("SEND false kept", "CONNECT false")
        assert(socket.connect(2, "TCP", "peer", "http", note) == true)
        in_ms(100, function()
            noted("CONNECT false")
            assert(socket.connect(2, "XXX", "peer", 80, note) == true)
            in_ms(100, step[3])
        end)
    end)
end

step[3] = function()
    noted("CONNECT false")
    -- Connected already: nothing happens; elsewhere: only a disconnect.
    assert(socket.connect(2, "TCP", "peer", 80, note, nil, "cause") == true)
    in_ms(400, function()
        noted("CONNECT true cause")
        assert(socket.connect(2, "TCP", "peer", 80, nil, nil) == true)
        assert(socket.connect(2, "TCP", "echo", 80, nil, nil, "moved") == true)
        assert(link.getstate(1) == "DISCONNECTING")
        assert(socket.disconnect(2) == false, "one disconnect at a time")
        in_ms(400, step[4])
    end)
end

local function say(data, idx) results[#results + 1] = "rcv " .. idx .. data end

step[4] = function()
    noted("DISCONNECT true")
    assert(link.getstate(1) == "CLOSED")
    -- The new address is what a send connects to; data comes as it was reported.
    assert(socket.connect(2, "UDP", "echo", 80, note, function(idx, data) say(data, idx) end))
    in_ms(400, function()
        assert(socket.send(2, "\0one") and socket.send(2, "two"))
        in_ms(1000, step[5])
    end)
end

step[5] = function()
    noted("CONNECT true", "SEND true \0one", "rcv 2\0one", "SEND true two", "rcv 2two")
    -- A failed send fails all that is queued; the socket stays connected.
    world("manner", "echo", "sendfail")
    assert(socket.send(2, "x") and socket.send(2, "y") and socket.send(2, "z"))
    in_ms(500, function()
        noted("SEND false x", "SEND false y", "SEND false z")
        assert(socket.isactive(2))
        assert(socket.send(2, "again"))
        in_ms(500, step[6])
    end)
end

step[6] = function()
    noted("SEND false again")
    -- Held while a response is waited for.
    world("manner", "echo", "peer")
    socket.setwaitingrspitem(2, { data = "q" })
    assert(socket.send(2, "held") == true)
    in_ms(500, function()
        noted()
        socket.setwaitingrspitem(2, {})
        in_ms(500, step[7])
    end)
end

step[7] = function()
    noted("SEND true held")
    -- A peer's close in the middle of a send fails it and the queue first.
    world("manner", "echo", "mute")
    assert(socket.send(2, "m1") and socket.send(2, "m2"))
    world("close", "echo")
    in_ms(100, function()
        noted("SEND false m1", "SEND false m2", "STATE CLOSED")
        assert(socket.close(2) == true)
        in_ms(200, function()
            noted("CLOSE true")
            assert(link.getstate(1) == "NIL LINK" and socket.close(2) == nil)
            assert(not pcall(socket.clrsnding, 1))
            ok("queue rules")
            -- One idx after the other until no link is left.
            step[8]()
        end)
    end)
end

step[8] = function()
    for _ = 1, 7 do assert(link.open(note, note, "tag")) end
    local id, why = link.open(note, note)
    assert(id == nil and why == "no empty link")
    assert(socket.connect(3, "TCP", "peer", 1, note) == false)
    ok("eight links")
    done()
end
