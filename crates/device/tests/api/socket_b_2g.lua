--! within 600
--! module air202
-- Clients of generation B on 2G, where they differ from 4G.
MODULE_TYPE = nil
require "socket"

local heard = {}
for _, id in ipairs({
    "SOCKET_ACTIVE", "SOCKET_RECV", "SOCKET_SEND", "SOCKET_ASYNC_SEND", "LIB_SOCKET_CLOSE_IND",
    "LIB_SOCKET_CONNECT_FAIL_IND", "LIB_SOCKET_SEND_FAIL_IND",
}) do
    sys.subscribe(id, function(...)
        local words = { id }
        for i = 1, select("#", ...) do words[i + 1] = tostring((select(i, ...))) end
        heard[#heard + 1] = table.concat(words, " ")
    end)
end

local function was_heard(...)
    local wanted = table.concat({ ... }, "; ")
    assert(table.concat(heard, "; ") == wanted, table.concat(heard, "; "))
    heard = {}
end

local function same(name, wanted, ...)
    assert(select("#", ...) == (wanted.n or #wanted), name .. ": " .. select("#", ...) .. " values")
    for i = 1, select("#", ...) do
        local got = select(i, ...)
        assert(got == wanted[i], name .. " [" .. i .. "]: " .. tostring(got))
    end
end

local function connected(host, kind)
    local c = socket[kind or "tcp"]()
    same("connect", { true }, c:connect(host or "server", 9999))
    sys.wait(10)
    heard = {}
    return c
end

local tests = {}

function tests.ids_from_the_top()
    local all = {}
    for i = 7, 0, -1 do
        all[i] = i % 2 == 0 and socket.tcp() or socket.udp()
        assert(all[i].id == "" .. i, all[i].id)
    end
    same("no more", { n = 0 }, socket.tcp())
    expects("[W]-[socket.socket: too many sockets]")
    all[3]:close()
    local again = socket.tcp()
    assert(again.id == "3")
    all[3] = again
    socket.printStatus()
    expects("[I]-[socket.printStatus]\tclient\t7\tprotocol\tUDP")
    for i = 0, 7 do all[i]:close() end
    socket.printStatus()
    expects("[I]-[socket.printStatus]\tvalid id\t7")
    was_heard()
end

function tests.tuples()
    local c = connected("echo")
    assert(c.id == "7")
    same("send", { true }, c:send("abc"))
    same("recv", { true, "abc" }, c:recv(5000, "M"))
    sys.wait(10)
    was_heard("SOCKET_RECV 7")
    same("timeout", { false, "timeout" }, c:recv(100, "M"))
    sys.timerStart(sys.publish, 100, "M", "pp")
    same("message", { false, "M", "pp" }, c:recv(1000, "M"))
    same("close", { n = 0 }, c:close())
    sys.wait(10)
    was_heard("SOCKET_ACTIVE")
    assert(c.id == nil)
    same("send", { false }, c:send("x"))
    expects("[W]-[socket.client:send]\tclosed")
    local fine, err = pcall(c.connect, c, "server", 1)
    assert(not fine and err:find("bad argument #1 to 'format'", 1, true), err)
end

function tests.slices()
    local c, at = connected(), now()
    same("send", { true }, c:send(string.rep("x", 1460 * 2 + 1)))
    assert(now() - at >= 600 and now() - at < 601, now() - at)
    c:close()
end

function tests.the_peer_closes()
    local c = connected("closer")
    same("recv", { false, nil, n = 2 }, c:recv(5000))
    same("recv", { false }, c:recv(5000))
    local at = now()
    c:close()
    assert(now() == at, "nothing is sent for a line that is gone")
    sys.wait(10)
    was_heard("SOCKET_ACTIVE")
end

function tests.a_failed_send_spoils_the_client()
    local c = connected("sendfail")
    same("send", { false }, c:send("x"))
    same("recv", { false }, c:recv(10))
    assert(c.error == "7, SEND FAIL", c.error)
    c:close()
    sys.wait(10)
    was_heard("LIB_SOCKET_SEND_FAIL_IND nil TCP sendfail 9999", "SOCKET_ACTIVE")
end

function tests.async()
    local c = connected()
    c:asyncSend("x")
    sys.timerStart(c.asyncSend, 1000, c, "y")
    same("woken", { true }, c:asyncSelect())
    was_heard("SOCKET_SEND 7")
    sys.timerStart(world, 1000, "close", "server")
    same("closed", { false }, c:asyncSelect())
    c:close()
    sys.wait(10)
    was_heard("SOCKET_SEND 7", "SOCKET_ACTIVE")
end

function tests.the_network_goes()
    local c = connected()
    sys.timerStart(sys.publish, 100, "IP_ERROR_IND")
    same("recv", { false, nil, n = 2 }, c:recv(5000))
    assert(c.error == "IP_ERROR_IND")
    c:close()
    c = connected()
    sys.timerStart(sys.publish, 100, "IP_SHUT_IND")
    same("recv", { false, nil, n = 2 }, c:recv(5000))
    assert(c.error == "CLOSED")
    c:close()
    heard = {}
end

function tests.connect_fails()
    local c = socket.tcp()
    same("refused", { false }, c:connect("refused", 1))
    same("again", { true }, c:connect("server", 1))
    c:close()
    sys.wait(10)
    was_heard("LIB_SOCKET_CONNECT_FAIL_IND nil TCP refused 1", "SOCKET_ACTIVE true", "SOCKET_ACTIVE")
end

function tests.z_a_send_without_an_answer_restarts()
    socket.setSendMode(1)
    socket.setTcpResendPara(2, 10)
    local c, at = connected("mute"), now()
    sys.timerStart(function() restarts("AT+CIPSEND timeout") end, 79000)
    c:send("x")
end

sys.taskInit(function()
    while not socket.isReady() do sys.wait(100) end
    local names = {}
    for name in pairs(tests) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do
        ok(name)
        local task = sys.taskInit(tests[name])
        while coroutine.status(task) ~= "dead" do sys.wait(100) end
        sys.wait(1000)
        heard = {}
    end
end)
