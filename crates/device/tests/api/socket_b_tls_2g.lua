--! module air202
-- Clients of generation B over TLS on 2G, where they differ from 4G.
MODULE_TYPE = nil
require "socket"

sys.taskInit(function()
    while not socket.isReady() do sys.wait(100) end

    -- Their ids are counted apart from those of plain clients.
    local plain, secure = socket.tcp(), socket.tcp(true, { caCert = "main.lua" })
    assert(plain.id == "7" and secure.id == "7")
    expects("server:8883 connect tls server ca=")
    assert(plain:connect("server", 1) and secure:connect("server", 8883))
    local more = {}
    for n = 1, 7 do more[n] = assert(socket.tcp(true)) end
    assert(socket.tcp(true) == nil and socket.tcp(), "eight, and the plain ones have places left")
    ok("eight of their own")

    plain:close()
    secure:close()
    assert(secure.id == nil and socket.tcp(true).id == "7" and socket.tcp().id == "7")
    ok("a place comes back")

    expects("CertificateMissing")
    expects("/ldata/none.crt")
    more[2].cert = { clientCert = "none.crt" }
    assert(more[2]:connect("server", 8883))
    ok("a file that is not there")

    -- What is shut leaves a client of TLS connected, as it seems.
    local beside = socket.tcp()
    assert(more[1]:connect("server", 8883) and beside:connect("server", 1))
    sys.publish("IP_SHUT_IND")
    sys.wait(10)
    sys.wait(10)
    sys.wait(10)
    assert(more[1].error == "CLOSED" and more[1].connected == true, tostring(more[1].error))
    assert(beside.error == "CLOSED" and beside.connected == false)
    ok("shut")
    done()
end)
