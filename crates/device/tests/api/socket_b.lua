--! within 3600
-- Clients of generation B on 4G: what each call returns, in which order, and what is published.
MODULE_TYPE, LOG_LEVEL = nil, log.LOGLEVEL_DEBUG
require "socket"

-- Messages of the library with the tick of their delivery, in order.
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
    local wanted = { ... }
    assert(table.concat(heard, "; ") == table.concat(wanted, "; "), table.concat(heard, "; "))
    heard = {}
end

local function same(name, wanted, ...)
    assert(select("#", ...) == #wanted, name .. ": " .. select("#", ...) .. " values")
    for i = 1, #wanted do
        local got = select(i, ...)
        assert(got == wanted[i], name .. " [" .. i .. "]: " .. tostring(got))
    end
end

local function connected(host, kind)
    local c = socket[kind or "tcp"]()
    assert(c:connect(host or "server", 9999))
    sys.wait(10)
    heard = {}
    return c
end

local function after(ms, fn, ...)
    sys.timerStart(fn, ms, ...)
end

local tests = {}

function tests.connect_and_send()
    local c = socket.tcp()
    local at = now()
    same("connect", { true, 0 }, c:connect("server", "9999"))
    assert(now() - at == 300)
    same("send", { true }, c:send("hello"))
    assert(now() - at == 500)
    was_heard("SOCKET_ACTIVE true")
    same("nothing", { true }, c:send(""))
    same("nil", { true }, c:send())
    assert(now() - at == 500)
    at = now()
    same("three slices", { true }, c:send(string.rep("x", 2 * 11200 + 1)))
    assert(now() - at == 600, "a slice after the confirmation of the one before")
    same("close", {}, c:close())
    assert(now() - at == 700)
    sys.wait(10)
    was_heard("SOCKET_ACTIVE false")
    expects("[I]-[socket:connect-coreid,prot,addr,port,cert,timeout]\t0\tTCP\tserver\t9999\tnil\t120")
    expects("[I]-[socket:on_response:]\t0\tSOCKET_CONNECT\t0")
    expects("[I]-[socket:connect: connect ok]")
    expects("[D]-[socket.send]\ttotal 5 bytes\tfirst 30 bytes\thello")
    expects("[I]-[socket:on_response:]\t0\tSOCKET_SEND\t0")
    expects("[I]-[socket:sock_close]\t0")
    expects("[I]-[socket:on_response:]\t0\tSOCKET_CLOSE\t0")
end

function tests.connect_fails()
    local c = socket.tcp()
    same("refused", { false }, c:connect("refused", 1))
    same("retry", { false }, c:connect("refused", 1, 5))
    assert(c.id == 0, "a failed number is free again")
    local at = now()
    same("silent", { false }, c:connect("silent", 1, 7))
    assert(now() - at == 7000)
    same("send on a dead line", { false }, c:send("x"))
    c:close()
    was_heard(
        "LIB_SOCKET_CONNECT_FAIL_IND nil TCP refused 1",
        "LIB_SOCKET_CONNECT_FAIL_IND nil TCP refused 1",
        "LIB_SOCKET_CONNECT_FAIL_IND nil TCP silent 1",
        "LIB_SOCKET_SEND_FAIL_IND nil TCP silent 1"
    )
    expects("[I]-[socket:connect: connect fail]\tRESPONSE")
    expects("[I]-[socket:connect: connect fail]\tTIMEOUT")
    expects("[I]-[socket:on_response:]\t0\tSOCKET_CONNECT\t1")
    expects("[I]-[socket:send]\tsend fail\tRESPONSE")
end

function tests.close_of_a_failed_connect_waits_for_the_core()
    local c = socket.tcp()
    same("refused", { false }, c:connect("refused", 1))
    same("close", {}, c:close())
end

function tests.no_socket_left()
    local all = {}
    for i = 1, 8 do
        all[i] = socket.tcp()
        same("connect", { true, i - 1 }, all[i]:connect("server", 1))
    end
    same("ninth", { false }, socket.tcp():connect("server", 1))
    expects("[I]-[socket:connect: core sock conn error]\tTCP\tserver\t1\tnil")
    for i = 1, 8 do all[i]:close() end
    heard = {}
end

function tests.recv()
    local c = connected("echo")
    assert(c:send("abc"))
    same("data", { true, "abc" }, c:recv(5000, "M"))
    local at = now()
    same("timeout", { false, "timeout" }, c:recv(1000, "M"))
    assert(now() - at == 1000)
    after(500, sys.publish, "M", "pp")
    same("message", { false, "M", "pp" }, c:recv(5000, "M"))
    sys.publish("M", 7)
    same("a number", { false, "M", "7" }, c:recv(nil, "M"))
    sys.publish("M")
    same("nothing", { false, "M", "" }, c:recv(0, "M"))
    sys.publish("M", "other")
    same("the current word", { false, "N", "other" }, c:recv(1000, "N"))
    sys.publish("N", "unheard")
    same("the first subscribes", { false, "timeout" }, c:recv(1000, "N"))
    sys.publish("M", "ignored")
    same("msgNoResume", { false, "timeout" }, c:recv(1000, "M", true))
    was_heard()
    c:close()
    sys.wait(10)
    was_heard("SOCKET_ACTIVE false")
end

function tests.two_publishes_in_a_tick()
    local c = connected()
    after(100, function()
        sys.publish("M", "one")
        sys.publish("M", "two")
    end)
    same("first", { false, "M", "one" }, c:recv(1000, "M"))
    same("second", { false, "M", "two" }, c:recv(1000, "M"))
    c:close()
end

function tests.a_publish_outside_recv_is_lost()
    local c = connected()
    same("subscribes", { false, "timeout" }, c:recv(100, "LOST"))
    after(100, sys.publish, "LOST", "gone")
    assert(c:send("x"))
    same("lost", { false, "timeout" }, c:recv(1000, "LOST"))
    expects('notice LostPublish ["LOST", "send"]')
    c:close()
end

function tests.the_payload_is_concatenated()
    local c = connected()
    same("subscribes", { false, "timeout" }, c:recv(100, "M"))
    c:asyncSend("one ")
    c:asyncSend("two")
    assert(c:getAsyncSend() == 2)
    same("at once", { false, "M", "one two" }, c:recv(1000, "M"))
    c:close()
end

function tests.stale_wait()
    local c = connected("echo")
    same("timeout", { false, "timeout" }, c:recv(100, "STALE"))
    after(100, sys.publish, "STALE", "kept")
    local at = now()
    same("a message ends the wait", { 170 }, sys.wait(5000))
    assert(now() - at == 100)
    same("its payload stays", { false, "STALE", "kept" }, c:recv(1000, "STALE"))
    after(100, world, "send", "echo", "lost")
    same("data ends the wait", { true, "lost" }, sys.wait(5000))
    same("and is lost", { false, "timeout" }, c:recv(1000))
    expects('notice StaleWait ["message"]')
    expects('notice StaleWait ["data"]')
    c:close()
end

function tests.kept_data()
    local c = connected()
    world("send", "server", "one ")
    world("send", "server", "two")
    assert(c:send("x"))
    was_heard("SOCKET_RECV 0", "SOCKET_RECV 0")
    same("in one piece", { true, "one two" }, c:recv())
    expects("[W]-[-------------------使用缓冲区---------------]")
    assert(c:asyncRecv() == "")
    world("send", "server", "three")
    assert(c:send("x"))
    assert(c:asyncRecv() == "three" and c:asyncRecv() == "")
    c:close()
    heard = {}
end

function tests.datagrams()
    local c = connected("server", "udp")
    for i = 1, 3 do world("send", "server", "datagram " .. i) end
    assert(c:send("x"))
    same("newest first", { true, "datagram 3" }, c:recv())
    same("then", { true, "datagram 2" }, c:recv())
    assert(c:asyncRecv() == "datagram 1")
    expects("notice NewestDatagramFirst")
    c:close()
    heard = {}
end

function tests.nothing_is_lost_in_a_backlog()
    local c, sent = connected(), {}
    for i = 1, 300 do
        sent[i] = i .. ","
        world("send", "server", sent[i])
    end
    assert(c:send("x"))
    assert(#heard == 300, #heard)
    same("all of it", { true, table.concat(sent) }, c:recv())
    world("send", "server", "more")
    same("and on", { true, "more" }, c:recv())
    expects("[E]-[socket recv]\tout of stack\tblock")
    expects("notice ReceiveBacklog")
    c:close()
    heard = {}
end

function tests.datagrams_in_a_backlog()
    local c = connected("server", "udp")
    for i = 1, 300 do world("send", "server", "" .. i) end
    assert(c:send("x"))
    local seen, count = {}, 0
    for _ = 1, 300 do
        local datagram = c:asyncRecv()
        if datagram ~= "" and not seen[datagram] then seen[datagram], count = true, count + 1 end
    end
    assert(count == 300, count)
    c:close()
    heard = {}
end

function tests.the_peer_closes()
    local c = connected("closer")
    same("recv", { false, "CLOSED" }, c:recv(5000))
    assert(#heard == 0, "the task runs before the messages are delivered")
    same("send", { false }, c:send("x"))
    same("recv", { false }, c:recv(10))
    same("select", { false }, c:asyncSelect())
    same("asyncSend", { false }, c:asyncSend("x"))
    assert(c:getAsyncSend() == 0)
    c:close()
    was_heard("SOCKET_ACTIVE false", "LIB_SOCKET_CLOSE_IND nil TCP closer 9999")
    for _, method in ipairs({ "send", "recv", "asyncSelect", "asyncSend" }) do
        expects("[W]-[socket.client:" .. method .. "]\terror\tCLOSED")
    end
    expects("[I]-[socket.rtos.MSG_SOCK_CLOSE_IND]")
    same("connects again", { true, 0 }, c:connect("server", 1))
    same("the error stays", { false }, c:send("x"))
    c:close()
    heard = {}
end

function tests.data_before_the_end()
    local c = connected()
    world("send", "server", "last words")
    world("close", "server")
    same("data", { true, "last words" }, c:recv())
    same("then the end", { false, "CLOSED" }, c:recv())
    c:close()
    sys.wait(10)
    heard = {}
end

function tests.send_fails()
    local c = connected("sendfail")
    same("send", { false }, c:send("x"))
    same("not sticky", { false, "timeout" }, c:recv(10))
    c:close()
    sys.wait(10)
    was_heard("LIB_SOCKET_SEND_FAIL_IND nil TCP sendfail 9999", "SOCKET_ACTIVE false")
    c = connected("mute")
    local at = now()
    same("timeout", { false }, c:send("x", 9))
    assert(now() - at == 9000)
    same("120 s", { false }, c:send("x"))
    assert(now() - at == 129000)
    expects("[I]-[socket:send]\tsend fail\tTIMEOUT")
    c:close()
    heard = {}
end

function tests.async()
    local c, got = connected("echo"), {}
    local function on_recv(id)
        got[#got + 1] = id .. " " .. c:asyncRecv()
    end
    sys.subscribe("SOCKET_RECV", on_recv)
    assert(c:asyncSend("one ") and c:asyncSend("two"))
    after(1000, function()
        local before = c:getAsyncSend()
        assert(c:asyncSend("three"))
        assert(before == 0 and c:getAsyncSend() == 0, "the task was resumed in asyncSend")
    end)
    same("woken", { true }, c:asyncSelect())
    was_heard("SOCKET_ASYNC_SEND true", "SOCKET_SEND 0 true", "SOCKET_RECV 0")
    after(2000, world, "close", "echo")
    same("closed", { false, "CLOSED" }, c:asyncSelect())
    assert(table.concat(got, ";") == "0 one two;0 three", table.concat(got, ";"))
    sys.unsubscribe("SOCKET_RECV", on_recv)
    c:close()
    heard = {}
end

function tests.keep_alive()
    local c, pings, at = connected(), {}, now()
    local function ping() pings[#pings + 1] = now() - at end
    after(7000, c.asyncSend, c, "wakes")
    after(20000, world, "send", "server", "does not wake")
    after(30000, c.asyncSend, c, "the end")
    same("woken", { true }, c:asyncSelect(10, ping))
    same("woken", { true }, c:asyncSelect(10, ping))
    -- The second call sent for 200 ms, then started the ten seconds anew.
    assert(#pings == 1 and pings[1] == 17200, table.concat(pings, " "))
    at = now()
    same("a zero byte", { true }, c:asyncSelect(3))
    assert(now() - at == 3200 and c.output[1] == "\0")
    c:close()
    sys.wait(4000)
    heard = {}
end

function tests.another_task_may_not()
    local c = connected()
    local done_by_other = false
    sys.taskInit(function()
        for method, call in pairs({
            connect = { "a", 1 }, send = { "x" }, recv = {}, asyncSelect = {}, close = {},
            setRcvProc = {},
        }) do
            local fine, err = pcall(c[method], c, unpack(call))
            assert(not fine and err == "socket:" .. method .. ": coroutine mismatch", err)
        end
        done_by_other = true
    end)
    assert(done_by_other)
    c:close()
    heard = {}
end

function tests.set_rcv_proc()
    local c, got = connected(), nil
    c:setRcvProc(function(read, id, count) got = id .. " " .. count .. " " .. read(id, count) end)
    world("send", "server", "abc")
    same("no delivery", { false, "timeout" }, c:recv(1000))
    assert(got == "0 3 abc", got)
    c:close()
    heard = {}
end

-- A number that came free by a failed connect may be another client's.
function tests.close_leaves_others_alone()
    local failed = socket.tcp()
    same("refused", { false }, failed:connect("refused", 1))
    local c = socket.tcp()
    same("takes the number", { true, 0 }, c:connect("server", 1))
    same("close", {}, failed:close())
    same("still stands", { true }, c:send("x"))
    c:close()
    heard = {}
end

function tests.closing_twice_never_ends()
    local passed = false
    local task = sys.taskInit(function()
        local c = connected()
        c:close()
        c:close()
        passed = true
    end)
    sys.wait(5000)
    assert(coroutine.status(task) == "suspended" and not passed)
    expects("notice ClosedTwice")
    expects("[W]-[response on nil socket]\t0\tSOCKET_CLOSE\t0")
    heard = {}
end

function tests.the_network_goes()
    local two, woken = { connected(), connected() }, 0
    after(1000, world, "link lost")
    same("recv", { false, "IP_ERROR_IND" }, two[1]:recv(60000))
    same("once for each socket", { false, "IP_ERROR_IND" }, sys.wait(5000))
    same("and no more", {}, sys.wait(5000))
    same("send", { false }, two[2]:send("x"))
    expects('notice StaleWait ["network"]')
    expects("[W]-[socket.client:send]\terror\tIP_ERROR_IND")
    for i = 1, 2 do two[i]:close() end
    heard = {}
end

-- A task that ends with its first client is not resumed for the second. Last, since nobody can
-- close what it leaves.
function tests.z_the_network_ends_a_task()
    local ended
    sys.taskInit(function()
        local c, other = connected(), connected()
        ended = { c:recv() }
        assert(other.error == "IP_ERROR_IND")
    end)
    sys.wait(2000)
    world("link lost")
    sys.wait(5000)
    assert(ended[1] == false and ended[2] == "IP_ERROR_IND")
    heard = {}
end

function tests.close_is_deaf()
    local c, at = connected(), now()
    local co = coroutine.running()
    after(20, coroutine.resume, co, true, "data")
    after(40, coroutine.resume, co)
    c:close()
    assert(now() - at == 100)
    heard = {}
end

function tests.other_functions()
    assert(socket.isReady() == true)
    socket.setTcpResendPara(3, 10)
    socket.setDnsParsePara(4, 4)
    socket.setLowPower(5)
    local c = connected()
    socket.printStatus()
    expects("[I]-[socket.printStatus]\tclient\t0\taddress\tserver")
    c:close()
    heard = {}
end

assert(socket.tcp() == nil and socket.udp() == nil)
expects("[W]-[socket.socket: socket must be called in coroutine]")

sys.taskInit(function()
    local early = socket.tcp()
    same("not ready", { false }, early:connect("server", 1))
    expects("[I]-[socket.connect: ip not ready]")
    early:close()
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
    done()
end)
