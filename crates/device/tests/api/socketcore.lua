-- `socketcore`: raw sockets, by the messages of `rtos.receive`.

-- Waits for the message `id`; everything else is passed over.
local function await(id)
    while true do
        local message = rtos.receive(5000)
        assert(message ~= rtos.WAIT_MSG_TIMEOUT, "nothing came")
        if type(message) == "table" and message.id == id then return message end
    end
end

-- Without an address there is a number, and the answer is a failure.
local early = socketcore.sock_conn(0, "echo", 1)
local answer = await(rtos.MSG_SOCK_CONN_CNF)
assert(answer.socket_index == early and answer.result ~= 0)
socketcore.sock_destroy(early)
ok("no address yet")

-- Ready: the module has told each step by then.
rtos.timer_start(1, 2000)
while rtos.receive(0) ~= rtos.MSG_TIMER do end

local id = socketcore.sock_conn(0, "echo", "7")
answer = await(rtos.MSG_SOCK_CONN_CNF)
assert(answer.socket_index == id and answer.result == 0)
assert(socketcore.sock_send(id, "hello") == 1)
answer = await(rtos.MSG_SOCK_SEND_CNF)
assert(answer.result == 0 and answer.send_len == 5)
if socketcore.sock_getremainbuf(id) == 0 then await(rtos.MSG_SOCK_RECV_IND) end
assert(socketcore.sock_recv(id, 2) == "he")
assert(socketcore.sock_recv(id, 100) == "llo")
assert(socketcore.sock_recv(id, 100) == "")
ok("sends and reads")

-- Numbers and their texts stand for each other, as everywhere in Lua; nothing else does.
assert(socketcore.sock_send(tostring(id), 42) == 1)
answer = await(rtos.MSG_SOCK_SEND_CNF)
assert(answer.socket_index == id and answer.result == 0 and answer.send_len == 2)
if socketcore.sock_getremainbuf(id) == 0 then await(rtos.MSG_SOCK_RECV_IND) end
assert(socketcore.sock_recv(tostring(id), "9") == "42")
assert(not pcall(socketcore.sock_send, id, {}) and not pcall(socketcore.sock_send, id))
assert(not pcall(socketcore.sock_recv, id) and not pcall(socketcore.sock_recv, {}, 1))
assert(socketcore.sock_recv(-1, 5) == "" and socketcore.sock_recv(id, -5) == "")
ok("texts and numbers")

socketcore.sock_close(id)
assert(await(rtos.MSG_SOCK_CLOSE_CNF).socket_index == id)
socketcore.sock_close(7)
assert(await(rtos.MSG_SOCK_CLOSE_CNF).socket_index == 7, "a number that is not in use is closed too")
socketcore.sock_send(7, "x")
assert(await(rtos.MSG_SOCK_SEND_CNF).result ~= 0, "a send without a line is answered too")
ok("every order has its answer")

local taken = {}
for n = 1, 8 do taken[n] = assert(socketcore.sock_conn(0, "silent", 1)) end
assert(socketcore.sock_conn(0, "echo", 1) == nil, "a ninth is refused")
for _, number in ipairs(taken) do socketcore.sock_destroy(number) end
ok("eight sockets")

-- TLS: certificates are text; a password beside them is ours.
expects("echo:8883 connect tls name ca=CA cert=CERT key=KEY password=WORD")
local cert = {
    hostName = "name", caCert = "CA", clientCert = "CERT", clientKey = "KEY", clientPassword = "WORD",
}
local secure = socketcore.sock_conn_ext(2, "echo", 8883, cert, 8192, false, 0, 1)
assert(await(rtos.MSG_SOCK_CONN_CNF).result == 0)
assert(socketcore.sock_send(secure, "hello") == 1)
await(rtos.MSG_SOCK_RECV_IND)
assert(socketcore.sock_recv(secure, 100) == "hello")
assert(socketcore.sock_conn(2, "stranger", 8883))
assert(await(rtos.MSG_SOCK_CONN_CNF).result ~= 0, "a handshake that fails is a connect that fails")
local fine, why = pcall(socketcore.sock_conn, 2, "echo", 8883, { caCert = {} })
assert(not fine and why:find("bad field 'caCert' (string expected, got table)", 1, true), why)
ok("TLS")

for _, bad in ipairs({ { 0, "h", 0 }, { 0, "h", 65536 }, { 0, "h", "http" }, { 9, "h", 1 }, { 0, nil, 1 } }) do
    local fine, why = pcall(socketcore.sock_conn, bad[1], bad[2], bad[3])
    assert(not fine and why:find("sock_conn", 1, true), tostring(why))
end
ok("bad arguments are named")
done()
