-- Clients of generation B over TLS: what the core is given, and what the library says.
MODULE_TYPE = nil
require "socket"

local heard = {}
for _, id in ipairs({ "LIB_SOCKET_CONNECT_FAIL_IND", "LIB_SOCKET_CLOSE_IND" }) do
    sys.subscribe(id, function(...) heard[#heard + 1] = table.concat({ id, ... }, " ") end)
end

sys.taskInit(function()
    while not socket.isReady() do sys.wait(100) end

    -- A name without a slash is the project's own file; others are the device's.
    io.writeFile("/device.crt", "CERT")
    expects("server:8883 connect tls server ca=- cert=- key=- password=-")
    expects("[I]-[socket:connect-coreid,prot,addr,port,cert,timeout]\t0\tTCPSSL\tserver\t8883\tnil\t120")
    local c = socket.tcp(true)
    local fine, id = c:connect("server", 8883)
    assert(fine == true and id == 0)
    c:close()
    ok("without certificates")

    expects("server:8883 connect tls ca.example ca=PROJECT, cert=CERT key=- password=secret")
    c = socket.tcp(true, {
        caCert = "main.lua", clientCert = "/device.crt", clientPassword = "secret", hostName = "ca.example",
    })
    assert(c:connect("server", 8883))
    assert(c:send("hello"))
    c:close()
    ok("with certificates")

    -- Only `true` is TLS.
    expects("plain:1 connect")
    expects_none("plain:1 connect tls")
    c = socket.tcp(1, { caCert = "/device.crt" })
    assert(c:connect("plain", 1))
    c:close()
    ok("anything but true is plain")

    -- A file that is not there is none, and the author hears of it.
    expects("gone:1 connect tls gone ca=- cert=- key=- password=-")
    expects("CertificateMissing")
    c = socket.tcp(true, { caCert = "none.crt" })
    assert(c:connect("gone", 1))
    c:close()
    ok("a file that is not there")

    c = socket.tcp(true)
    assert(c:connect("stranger", 8883) == false)
    c:close()
    sys.wait(10)
    assert(heard[1] == "LIB_SOCKET_CONNECT_FAIL_IND SSL TCPSSL stranger 8883", heard[1])
    ok("a handshake that fails")

    c = socket.tcp(true)
    assert(c:connect("closer", 8883))
    local got, why = c:recv()
    assert(got == false and why == "CLOSED")
    c:close()
    sys.wait(10)
    assert(heard[2] == "LIB_SOCKET_CLOSE_IND SSL TCPSSL closer 8883", heard[2])
    ok("a server that closes")

    -- Only memory limits them: they do not count among the eight.
    local many = {}
    for n = 1, 8 do
        many[n] = socket.tcp()
        assert(many[n]:connect("server", 1))
    end
    assert(socket.tcp():connect("server", 1) == false)
    for n = 9, 32 do
        many[n] = socket.tcp(true)
        assert(many[n]:connect("server", 1), n)
    end
    assert(socket.tcp(true):connect("server", 1) == false, "as many as memory allows")
    for n = 1, 32 do many[n]:close() end
    ok("limits of their own")

    local fine, why = pcall(socket.tcp, true, "ca.crt")
    assert(not fine and why:find("must be a table of file names, got string", 1, true), why)
    fine, why = pcall(function() socket.tcp(true, { caCert = 5 }):connect("server", 1) end)
    assert(not fine and why:find("cert.caCert must be a file name, got number", 1, true), why)
    ok("bad arguments are named")
    done()
end)
